namespace Recipes.Connections;

/// <summary>A client registered at a provider, ready for use: <c>client_id</c> and secret, or consumer key and secret.</summary>
/// <remarks>The secret is a shared secret, or a private key (PEM or JWK), or a certificate with its key (PEM), as the scheme's way of client authentication needs it.</remarks>
public sealed class OAuthClient
{
    private readonly Lazy<Secret?> _secret;

    public OAuthClient(string id, Secret? secret)
        : this(id, () => secret)
    {
    }

    /// <param name="id">The public id.</param>
    /// <param name="open">Opens the secret when it is needed first; null for a public client.</param>
    public OAuthClient(string id, Func<Secret?> open) => (Id, _secret) = (id, new Lazy<Secret?>(open));

    public string Id { get; }

    /// <exception cref="System.Security.Cryptography.CryptographicException">When the sealed secret cannot be opened with this key ring.</exception>
    public Secret? Secret => _secret.Value;
}
