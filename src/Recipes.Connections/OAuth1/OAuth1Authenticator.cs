namespace Recipes.Connections;

/// <summary>Signs each request of one connection.</summary>
internal sealed class OAuth1Authenticator(OAuth1RequestSigner signer) : RequestAuthenticator
{
    /// <inheritdoc/>
    public override bool SignsRequest => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Secret> Secrets => signer.Secrets;

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken) => signer.SignAsync(request, [], cancellationToken);

    public override void Withdraw(HttpRequestMessage request) => request.Headers.Remove("Authorization");
}
