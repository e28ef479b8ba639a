namespace Recipes.Testing;

/// <summary>What was asked of an <see cref="OidcProvider"/>, failed and dropped requests included.</summary>
/// <param name="Paths">Requests by path; pages of the consent count as <c>/interaction/:id</c>, ways back from them as <c>/auth/:id</c>.</param>
/// <param name="Statuses">Answers by path and status, for example <c>/api/read 401</c>.</param>
/// <param name="Grants">Token requests by grant type.</param>
/// <param name="ClientAuthentication">Token requests by way of client authentication: basic, body, assertion or none.</param>
public sealed record OidcCounters(
    IReadOnlyDictionary<string, int> Paths,
    IReadOnlyDictionary<string, int> Statuses,
    IReadOnlyDictionary<string, int> Grants,
    IReadOnlyDictionary<string, int> ClientAuthentication)
{
    /// <summary>How many refreshes were asked for.</summary>
    public int Refreshes => Grants.GetValueOrDefault("refresh_token");

    /// <summary>How many codes were exchanged.</summary>
    public int CodeExchanges => Grants.GetValueOrDefault("authorization_code");

    /// <summary>How many requests a path got.</summary>
    public int Requests(string path) => Paths.GetValueOrDefault(path);
}
