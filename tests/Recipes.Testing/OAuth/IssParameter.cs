namespace Recipes.Testing;

/// <summary>What an authorization response says about its issuer.</summary>
/// <remarks>Source: RFC 9207 §2.</remarks>
public enum IssParameter
{
    /// <summary>The issuer, as it should.</summary>
    Right,

    /// <summary>Another issuer, as in a mix-up attack.</summary>
    Wrong,

    /// <summary>Nothing, as an older server.</summary>
    None,
}
