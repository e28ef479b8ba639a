namespace Recipes.Connections;

/// <summary>The client registered at the provider: its public id and its sealed secret.</summary>
/// <param name="ClientId">The client_id that the provider gave.</param>
/// <param name="SealedClientSecret">The client_secret, sealed by the vault; null for a public client.</param>
/// <remarks>Source: RFC 6749 §2.</remarks>
public sealed record OAuthApp(string ClientId, byte[]? SealedClientSecret)
{
    /// <summary>The operator's app for development that this is; null for a definition's own client.</summary>
    public DevelopmentAppId? Development { get; init; }
}
