using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Asks a provider's token endpoint for tokens.</summary>
/// <remarks>Source: RFC 6749 §4.1.3, §5 and §6.</remarks>
internal sealed class TokenEndpoint(EgressGuard guard, CredentialVault vault, TimeProvider time)
{
    private const int LargestReply = 256 * 1024;

    public Task<TokenReply> ExchangeCodeAsync(
        ConnectionDefinition definition, ConnectorProfile connector, OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields,
        string code, string? verifier, string redirectUri, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> form = [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirectUri)];
        if (verifier is not null)
            form.Add(new("code_verifier", verifier));
        return SendAsync(definition, connector, scheme, fields, form, new Secret(code), previous: null, cancellationToken);
    }

    /// <param name="current">The tokens to renew; they must have a refresh token.</param>
    public Task<TokenReply> RefreshAsync(
        ConnectionDefinition definition, ConnectorProfile connector, OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields,
        TokenSet current, CancellationToken cancellationToken) =>
        SendAsync(definition, connector, scheme, fields,
            [new("grant_type", "refresh_token"), new("refresh_token", current.RefreshToken!.Reveal())], current.RefreshToken!, current, cancellationToken);

    /// <summary>Revokes the refresh token, or the access token where there is none.</summary>
    /// <returns>The status of the answer.</returns>
    /// <exception cref="HttpRequestException">When there is none, or the address is not allowed.</exception>
    /// <remarks>Source: RFC 7009 §2.1.</remarks>
    public async Task<int> RevokeAsync(
        ConnectionDefinition definition, ConnectorProfile connector, OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, TokenSet tokens, CancellationToken cancellationToken)
    {
        var address = new Uri(scheme.RevocationEndpoint!.Render(fields));
        if (guard.Check(address) is { } wrong)
            throw new EgressRefusedException($"The revocation endpoint of {connector.DisplayName} {wrong}.");
        List<KeyValuePair<string, string>> form = tokens.RefreshToken is { } refresh
            ? [new("token", refresh.Reveal()), new("token_type_hint", "refresh_token")]
            : [new("token", tokens.AccessToken.Reveal()), new("token_type_hint", "access_token")];
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        AuthenticateClient(request, form, scheme.ClientAuthentication, definition.OAuthApp?.ClientId ?? "", vault.OpenClientSecret(definition));
        request.Content = new FormUrlEncodedContent(form);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(guard.Timeout);
        using var response = await guard.Invoker.SendAsync(request, timeout.Token);
        return (int)response.StatusCode;
    }

    private async Task<TokenReply> SendAsync(
        ConnectionDefinition definition, ConnectorProfile connector, OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields,
        List<KeyValuePair<string, string>> form, Secret grant, TokenSet? previous, CancellationToken cancellationToken)
    {
        var what = $"The token endpoint of {connector.DisplayName}";
        if (definition.OAuthApp is not { } app)
            return Refused(FailureKind.Misconfigured, $"The connection definition '{definition.Key}' has no OAuth client id.");
        Secret? clientSecret;
        Uri address;
        try
        {
            clientSecret = vault.OpenClientSecret(definition);
            address = new Uri(scheme.TokenEndpoint!.Render(fields));
        }
        catch (CryptographicException)
        {
            return Refused(FailureKind.Misconfigured, $"The client secret of '{definition.Key}' cannot be opened with this key ring. Restore the keys it was sealed with, or set the secret again.");
        }
        catch (FormatException e)
        {
            return Refused(FailureKind.Misconfigured, $"{what} has no valid address: {e.Message}");
        }

        var redactor = new Redactor(clientSecret is null ? [grant] : [grant, clientSecret, new Secret(FormEncode(clientSecret.Reveal()))]);
        if (guard.Check(address) is { } wrong)
            return Refused(FailureKind.Misconfigured, $"{what} {wrong}.");
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        AuthenticateClient(request, form, scheme.ClientAuthentication, app.ClientId, clientSecret);
        request.Content = new FormUrlEncodedContent(form);

        using var timeout = new CancellationTokenSource(guard.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var response = await guard.Invoker.SendAsync(request, either.Token);
            await response.Content.LoadIntoBufferAsync(LargestReply, either.Token);
            return await ReadAsync(response, what, connector, redactor, previous, either.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new TokenReply.Refused(FailureClassifier.FromException(e, what, time.GetUtcNow()));
        }
    }

    private async Task<TokenReply> ReadAsync(
        HttpResponseMessage response, string what, ConnectorProfile connector, Redactor redactor, TokenSet? previous, CancellationToken cancellationToken)
    {
        var body = FailureClassifier.Text(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        if (response.IsSuccessStatusCode)
        {
            return TryReadTokens(body, previous) is { } tokens
                ? new TokenReply.Granted(tokens)
                : Refused(FailureKind.Unknown, $"{what} answered {(int)response.StatusCode} without an access token.");
        }

        // The token endpoint has a table of its own: 401 blames the client here, not the account.
        var seen = await FailureClassifier.ClassifyAsync(response, connector with { Errors = [] }, RequestPurpose.Probe, redactor, time.GetUtcNow(), cancellationToken);
        if (seen is null)
            return Refused(FailureKind.Unknown, $"{what} answered {(int)response.StatusCode} without an access token.");
        // Only a definite refusal is a verdict: an outage may carry any words.
        var kind = seen.ProviderCode switch
        {
            _ when seen.Kind is FailureKind.RateLimited or FailureKind.Unavailable => seen.Kind,
            "invalid_grant" => FailureKind.ModifiedCredentials,
            "invalid_client" or "unauthorized_client" => FailureKind.ClientRejected,
            _ when seen.Kind is FailureKind.Misconfigured => seen.Kind,
            _ => FailureKind.Unknown,
        };
        return new TokenReply.Refused(seen with
        {
            Kind = kind,
            Message = $"{what} answered {seen.Status}{(seen.ProviderWords is null ? "" : $": {seen.ProviderWords}")}",
        });
    }

    private TokenSet? TryReadTokens(string body, TokenSet? previous)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var json = document.RootElement;
            if (json.ValueKind != JsonValueKind.Object || Text(json, "access_token") is not { Length: > 0 } access)
                return null;
            TimeSpan? life = json.TryGetProperty("expires_in", out var seconds) && double.TryParse(seconds.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var s) && s > 0
                ? TimeSpan.FromSeconds(Math.Min(s, int.MaxValue))
                : null;
            // A reply without a refresh token leaves the old one valid (RFC 6749 §6).
            var refresh = Text(json, "refresh_token") is { Length: > 0 } rotated ? new Secret(rotated) : previous?.RefreshToken;
            var scopes = Text(json, "scope")?.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries) ?? previous?.Scopes;
            return new TokenSet(new Secret(access), refresh, life is null ? null : time.GetUtcNow() + life, life, scopes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter for half a surrogate pair, which shows only when the text is read.
            return null;
        }
    }

    private TokenReply.Refused Refused(FailureKind kind, string message) => new(new Failure { Kind = kind, Message = message, At = time.GetUtcNow() });

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static void AuthenticateClient(HttpRequestMessage request, List<KeyValuePair<string, string>> form, ClientAuthentication way, string clientId, Secret? secret)
    {
        if (secret is null || way == ClientAuthentication.Body)
        {
            form.Add(new("client_id", clientId));
            if (secret is not null)
                form.Add(new("client_secret", secret.Reveal()));
            return;
        }

        var pair = way == ClientAuthentication.BasicRaw ? $"{clientId}:{secret.Reveal()}" : $"{FormEncode(clientId)}:{FormEncode(secret.Reveal())}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
    }

    // application/x-www-form-urlencoded, as RFC 6749 §2.3.1 and appendix B ask for.
    private static string FormEncode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
