namespace Recipes.Host.Tests;

/// <summary>Stable keys of the sample recipes.</summary>
internal static class Keys
{
    public const string Required = "crm";
    public const string Optional = "crm-optional";
    public const string Basic = "crm-basic";
    public const string ApiKey = "crm-key";

    /// <summary>Those whose accounts are connected by consent.</summary>
    public static IReadOnlyList<string> WithConsent { get; } = [Required, Optional];
}
