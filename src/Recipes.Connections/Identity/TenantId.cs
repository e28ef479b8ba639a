namespace Recipes.Connections;

/// <summary>The name of one isolated space (dev, prod, US, EU): 1 to 32 lower-case letters, digits and hyphens.</summary>
public readonly record struct TenantId
{
    private readonly string? _value;

    private TenantId(string value) => _value = value;

    /// <summary>The tenant of an installation that has only one.</summary>
    public static TenantId Default { get; } = new("default");

    public string Value => _value ?? Default.Value;

    /// <exception cref="FormatException">When <paramref name="text"/> is no tenant name.</exception>
    public static TenantId Parse(string text) =>
        StableKey.IsName(text, 32) ? new(text) : throw new FormatException($"'{text}' is no tenant: use 1 to 32 lower-case letters, digits and hyphens.");

    /// <summary>By value: an unset tenant is the default one.</summary>
    public bool Equals(TenantId other) => Value == other.Value;

    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Value;
}
