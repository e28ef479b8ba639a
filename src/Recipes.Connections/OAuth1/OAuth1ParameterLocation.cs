namespace Recipes.Connections;

/// <summary>Where the protocol's parameters travel.</summary>
/// <remarks>Source: RFC 5849 §3.5.</remarks>
public enum OAuth1ParameterLocation
{
    Header,
    Query,
    /// <summary>In a form; a request that has no form and cannot get one carries them in its header.</summary>
    Body,
}
