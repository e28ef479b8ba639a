using System.Diagnostics.CodeAnalysis;

namespace Recipes.Connections;

/// <summary>The name of a connection definition inside a tenant: 1 to 63 lower-case letters, digits and hyphens, a letter first. Recipes refer to it.</summary>
public readonly record struct StableKey
{
    private readonly string? _value;

    private StableKey(string value) => _value = value;

    public string Value => _value ?? "";

    public static bool TryParse([NotNullWhen(true)] string? text, out StableKey key)
    {
        var ok = IsName(text, 63);
        key = ok ? new(text!) : default;
        return ok;
    }

    /// <exception cref="FormatException">When <paramref name="text"/> is no stable key.</exception>
    public static StableKey Parse(string text) => TryParse(text, out var key)
        ? key
        : throw new FormatException($"'{text}' is no stable key: use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter.");

    internal static bool IsName([NotNullWhen(true)] string? text, int longest) =>
        text is { Length: > 0 } && text.Length <= longest && char.IsAsciiLetterLower(text[0])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    public override string ToString() => Value;
}
