namespace Recipes.Connections;

/// <summary>The client registered at the provider: its public id and its sealed secret.</summary>
/// <param name="ClientId">The client_id that the provider gave.</param>
/// <param name="SealedClientSecret">The client_secret, sealed by the vault; null for a public client.</param>
/// <remarks>Source: RFC 6749 §2.</remarks>
public sealed record OAuthApp(string ClientId, byte[]? SealedClientSecret)
{
    /// <summary>The operator's app for development that this is; null for a definition's own client.</summary>
    public DevelopmentAppId? Development { get; init; }

    /// <summary>Whether it is still the same client with the same secret: one that was given again counts as another.</summary>
    public bool IsUnchangedIn(OAuthApp? other) =>
        other is not null && ClientId == other.ClientId && Development == other.Development && SealedClientSecret.AsSpan().SequenceEqual(other.SealedClientSecret);
}
