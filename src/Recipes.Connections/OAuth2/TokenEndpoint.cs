using System.Security.Cryptography;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Asks a provider's token endpoint for tokens.</summary>
/// <remarks>Source: RFC 6749 §4, §5 and §6.</remarks>
internal sealed class TokenEndpoint(OAuth2Endpoints endpoints, ClientAuthenticator clients, OAuth2Sender sender, DPoPTokenRequests dpop, TimeProvider time)
{
    public Task<TokenReply> ExchangeCodeAsync(OAuth2Account account, string code, string? verifier, string redirectUri, CancellationToken cancellationToken) =>
        AskAsync(account, r => GrantParameters.AddCode(r, account, code, verifier, redirectUri), previous: null, cancellationToken);

    /// <summary>One poll; while the person has not decided the code of the refusal says so (RFC 8628 §3.5).</summary>
    public Task<TokenReply> ExchangeDeviceCodeAsync(OAuth2Account account, Secret deviceCode, CancellationToken cancellationToken) =>
        AskAsync(account, r => GrantParameters.AddDeviceCode(r, deviceCode.Reveal()), previous: null, cancellationToken);

    /// <param name="account">Its credential has a refresh token.</param>
    public Task<TokenReply> RefreshAsync(OAuth2Account account, CancellationToken cancellationToken) =>
        AskAsync(account, r => GrantParameters.AddRefresh(r, account), account.Credential.Tokens, cancellationToken);

    /// <summary>A token of a grant that takes no person. It bears the hash of what it was asked for with.</summary>
    public async Task<TokenReply> AcquireAsync(OAuth2Account account, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(account, r => GrantParameters.AddAcquisition(r, account), previous: null, cancellationToken);
        return reply is TokenReply.Granted granted ? granted with { Tokens = granted.Tokens with { RequestHash = TokenRequestHash.Of(account) } } : reply;
    }

    /// <param name="previous">Tokens that are refreshed; null when there are none.</param>
    private async Task<TokenReply> AskAsync(OAuth2Account account, Action<OAuth2Request> addGrant, TokenSet? previous, CancellationToken cancellationToken)
    {
        var what = $"The token endpoint of {account.Connector.DisplayName}";
        string? line = null;
        try
        {
            var request = await FindAsync(account, isRefresh: previous is not null, what, cancellationToken);
            addGrant(request);
            await clients.AuthenticateAsync(account, request, cancellationToken);
            request.Follow(previous is null ? account.Scheme.TokenRequest : account.Scheme.RefreshRequest, account.NewScope());
            using var key = account.Scheme.DPoP ? DPoPTokenRequests.KeyOf(account.Credential.Tokens) : null;
            line = request.CreateRedactor().Redact(RequestLine.Of(request.Method, request.Address));
            using var response = await (key is null ? sender.SendAsync(request, cancellationToken) : dpop.SendAsync(key, request, sender, cancellationToken));
            var reply = await ReadAsync(account, request, response, previous, cancellationToken) with { RequestLine = line };
            return key is not null && reply is TokenReply.Granted granted ? granted with { Tokens = DPoPTokenRequests.Bind(granted.Tokens, key) } : reply;
        }
        catch (FormatException e)
        {
            return Misconfigured(e.Message);
        }
        catch (DiscoveryException e)
        {
            return new TokenReply.Refused(e.Failure);
        }
        catch (CryptographicException)
        {
            return Misconfigured($"The client secret of '{account.Definition.Key}' cannot be opened with this key ring. Restore the keys it was sealed with, or set the secret again.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var failure = FailureClassifier.FromException(e, what, time.GetUtcNow(), account.Scheme.ClientCertificate is not null || account.Scheme.ClientAuthentication == ClientAuthentication.TlsClientAuth);
            // A server that takes no part in the handshake never saw the request (TLS 1.3 says so only with the first read).
            var isSent = line is not null && failure.Kind is not (FailureKind.Misconfigured or FailureKind.ModifiedCredentials);
            return new TokenReply.Refused(failure) { Fate = isSent ? TokenRequestFates.Of(e) : TokenRequestFate.NotSent, RequestLine = line };
        }
    }

    private async ValueTask<OAuth2Request> FindAsync(OAuth2Account account, bool isRefresh, string what, CancellationToken cancellationToken)
    {
        try
        {
            return new(isRefresh
                ? await endpoints.RefreshAsync(account.Scheme, account.Fields, cancellationToken)
                : await endpoints.TokenAsync(account.Scheme, account.Fields, cancellationToken), what);
        }
        catch (FormatException e)
        {
            throw new FormatException($"{what} {e.Message}", e);
        }
    }

    private async Task<TokenReply> ReadAsync(OAuth2Account account, OAuth2Request request, HttpResponseMessage response, TokenSet? previous, CancellationToken cancellationToken)
    {
        var body = FailureClassifier.Text(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        using var json = TokenReplyBody.Parse(body);
        var granted = response.IsSuccessStatusCode && json is not null ? TryRead(account.Scheme, json.RootElement, response, previous) : null;
        if (granted is not null)
            return granted;
        var failure = TokenRefusals.Read(account, response, body, json, request.What, request.CreateRedactor());
        return new TokenReply.Refused(failure) { Fate = TokenRequestFates.Of(failure) };
    }

    private TokenReply.Granted? TryRead(OAuth2Scheme scheme, JsonElement json, HttpResponseMessage response, TokenSet? previous)
    {
        try
        {
            return TokenReplyReader.TryRead(scheme, json, response, previous, time.GetUtcNow());
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, which shows only when the text is read.
            return null;
        }
    }

    private TokenReply.Refused Misconfigured(string message) => new(new Failure { Kind = FailureKind.Misconfigured, Message = message, At = time.GetUtcNow() });
}
