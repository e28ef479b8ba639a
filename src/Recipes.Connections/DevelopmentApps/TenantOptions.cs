namespace Recipes.Connections;

/// <summary>What the tenants of this installation are for.</summary>
public sealed class TenantOptions
{
    /// <summary>Section of the settings.</summary>
    public const string Section = "Tenant";

    /// <summary>Whether recipes are built here or relied on.</summary>
    /// <value><c>development</c> (default) or <c>production</c>, where nothing that is build-only works.</value>
    public string Kind { get; set; } = "development";

    internal bool IsKnown => IsProduction || string.Equals(Kind, "development", StringComparison.OrdinalIgnoreCase);

    public bool IsProduction => string.Equals(Kind, "production", StringComparison.OrdinalIgnoreCase);
}
