namespace Recipes.Connections;

/// <summary>How the parameters of a token request travel.</summary>
public enum TokenRequestBody
{
    /// <summary>application/x-www-form-urlencoded, as the RFC says.</summary>
    Form,
    Json,
    /// <summary>In the query of the address, with an empty body.</summary>
    Query,
}

/// <summary>Where a provider's token request differs from the textbook.</summary>
public sealed record TokenRequestRules
{
    /// <summary>POST, unless the provider wants something else.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Post;
    public TokenRequestBody Body { get; init; }
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Headers { get; init; } = [];

    /// <summary>Further parameters, or other values of the usual ones; an empty one is left out.</summary>
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Parameters { get; init; } = [];

    /// <summary>Usual parameters to leave out, for instance <c>grant_type</c>.</summary>
    public IReadOnlyList<string> Omit { get; init; } = [];
}
