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
    };

    public AuthorizationFlow ToFlow() => new(
        StateHash, CookieHash, TenantId.Parse(Tenant), UserId.Parse(User), new(DefinitionId), new(ConnectionId),
        SealedVerifier, Issuer, RedirectUri, StoredJson.ReadList(Scopes), ExpiresAt);
}
