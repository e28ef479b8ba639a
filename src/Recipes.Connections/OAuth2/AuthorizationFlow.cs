namespace Recipes.Connections;

/// <summary>One authorization that a browser has started and not finished. Stored on the server; holds no secret in the clear.</summary>
/// <param name="StateHash">SHA-256 of the <c>state</c> parameter; of the request token under OAuth 1.0, which has no state.</param>
/// <param name="CookieHash">SHA-256 of the random cookie set in the browser that started.</param>
/// <param name="SealedVerifier">The PKCE verifier, or the secret of the OAuth 1.0 request token, sealed; null where there is none.</param>
/// <param name="Issuer">The issuer expected in the callback; null when none is known.</param>
/// <param name="RedirectUri">The redirect address sent, to be sent again to the token endpoint.</param>
/// <remarks>Source: RFC 6749 §4.1 and §10.12, RFC 7636, RFC 9207.</remarks>
public sealed record AuthorizationFlow(
    byte[] StateHash, byte[] CookieHash, TenantId Tenant, UserId User, ConnectionDefinitionId DefinitionId, ConnectionId ConnectionId,
    byte[]? SealedVerifier, string? Issuer, string RedirectUri, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt)
{
    /// <summary>What it was started for, for the way back.</summary>
    public FlowReturn Return { get; init; } = FlowReturn.None;

    /// <summary>Whether the person said that it may become another account's connection.</summary>
    public bool AcceptsOtherAccount { get; init; }
}

/// <summary>What an authorization was started for: goes back with the browser to the definition's own addresses.</summary>
/// <param name="Recipe">Id of a recipe.</param>
/// <param name="Installation">Id of an installation.</param>
/// <param name="InstallationName">Its name, as whoever sent the person here gave it.</param>
public sealed record FlowReturn(string? Recipe, string? Installation, string? InstallationName)
{
    private const int Longest = 200;

    public static FlowReturn None { get; } = new(null, null, null);

    /// <summary>What a page's address says; anything that is no name is left out.</summary>
    public static FlowReturn Of(string? recipe, string? installation, string? installationName) => new(Name(recipe), Name(installation), Name(installationName));

    private static string? Name(string? text) => text is { Length: > 0 and <= Longest } && !text.Any(char.IsControl) ? text : null;
}

/// <summary>Where flows wait for their callback.</summary>
public interface IAuthorizationFlowStore
{
    Task AddAsync(AuthorizationFlow flow, CancellationToken cancellationToken);

    /// <summary>Looks a flow up without using it up.</summary>
    Task<AuthorizationFlow?> FindAsync(byte[] stateHash, CancellationToken cancellationToken);

    /// <summary>Uses a flow up: of any number of takers exactly one gets true.</summary>
    Task<bool> TryTakeAsync(byte[] stateHash, CancellationToken cancellationToken);

    /// <summary>Forgets flows that expired before <paramref name="now"/>.</summary>
    Task PurgeAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
