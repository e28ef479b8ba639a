namespace Recipes.Connections;

/// <summary>Where an API key goes.</summary>
public enum ApiKeyLocation
{
    Header,
    /// <summary>In the address: it is redacted wherever the address is shown.</summary>
    Query,
    /// <summary>As a member of a JSON object, or a field of a form.</summary>
    Body,
    /// <summary>In the address, between the base address and the path of the request.</summary>
    Path,
}
