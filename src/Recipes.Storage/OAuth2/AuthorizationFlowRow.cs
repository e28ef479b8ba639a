using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class AuthorizationFlowRow
{
    public required byte[] StateHash { get; init; }
    public required byte[] CookieHash { get; init; }
    public required string Tenant { get; init; }
    public required string User { get; init; }
    public Guid DefinitionId { get; init; }
    public Guid ConnectionId { get; init; }
    public byte[]? SealedVerifier { get; init; }
    public string? Issuer { get; init; }
    public required string RedirectUri { get; init; }
    public required string Scopes { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public string? Recipe { get; init; }
    public string? Installation { get; init; }
    public string? InstallationName { get; init; }
    public bool AcceptsOtherAccount { get; init; }

    public static AuthorizationFlowRow Of(AuthorizationFlow flow) => new()
    {
        StateHash = flow.StateHash,
        CookieHash = flow.CookieHash,
        Tenant = flow.Tenant.Value,
        User = flow.User.Value,
        DefinitionId = flow.DefinitionId.Value,
        ConnectionId = flow.ConnectionId.Value,
        SealedVerifier = flow.SealedVerifier,
        Issuer = flow.Issuer,
        RedirectUri = flow.RedirectUri,
        Scopes = StoredJson.Write(flow.Scopes),
        ExpiresAt = flow.ExpiresAt,
        Recipe = flow.Return.Recipe,
        Installation = flow.Return.Installation,
        InstallationName = flow.Return.InstallationName,
        AcceptsOtherAccount = flow.AcceptsOtherAccount,
    };

    public AuthorizationFlow ToFlow() => new(
        StateHash, CookieHash, TenantId.Parse(Tenant), UserId.Parse(User), new(DefinitionId), new(ConnectionId),
        SealedVerifier, Issuer, RedirectUri, StoredJson.ReadList(Scopes), ExpiresAt)
    {
        Return = new(Recipe, Installation, InstallationName),
        AcceptsOtherAccount = AcceptsOtherAccount,
    };
}
