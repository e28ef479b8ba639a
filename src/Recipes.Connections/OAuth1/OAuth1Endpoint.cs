using System.Security.Cryptography;

namespace Recipes.Connections;

/// <summary>Asks a provider for request tokens and access tokens.</summary>
/// <remarks>Source: RFC 5849 §2.1 and §2.3.</remarks>
internal sealed class OAuth1Endpoint(EgressGuard guard, CredentialVault vault, TimeProvider time)
{
    private const int LargestReply = 256 * 1024;

    /// <param name="callback">Where the provider sends the browser back to; <c>oob</c> for nowhere.</param>
    public async Task<OAuth1Reply> RequestTokenAsync(OAuth1Account account, string callback, CancellationToken cancellationToken)
    {
        var ask = new Ask(OAuth1Step.RequestToken, account.Scheme.RequestTokenEndpoint, [new("oauth_callback", callback)], null, null, account.Scheme.RequestTokenParameters, []);
        var reply = await SendAsync(account, ask, cancellationToken);
        // Without this the provider would accept a token that somebody else's browser consented to (§2.1, and the advisory 2009.1).
        return reply is OAuth1Reply.Granted { Body.CallbackConfirmed: false }
            ? Refused(FailureKind.Misconfigured, $"The request token endpoint of {account.Connector.DisplayName} did not confirm the callback address: it speaks OAuth 1.0 without the correction 'a', which is not safe.")
            : reply;
    }

    public Task<OAuth1Reply> ExchangeAsync(OAuth1Account account, Secret requestToken, Secret? requestSecret, Secret verifier, CancellationToken cancellationToken) =>
        SendAsync(
            account, new(OAuth1Step.Exchange, account.Scheme.AccessTokenEndpoint, [new("oauth_verifier", verifier.Reveal())], requestToken, requestSecret, account.Scheme.AccessTokenParameters, [verifier]),
            cancellationToken);

    /// <summary>Exchanges user name and password for a token.</summary>
    /// <exception cref="FormatException">When the connection has none.</exception>
    public Task<OAuth1Reply> AcquireAsync(OAuth1Account account, CancellationToken cancellationToken)
    {
        string Needed(string field) => account.Credential.Secrets.GetValueOrDefault(field)?.Reveal() ?? account.Fields.GetValueOrDefault(field) ?? throw new FormatException($"The field '{field}' has no value.");
        List<KeyValuePair<string, string>> form =
            [new("x_auth_username", Needed(account.Scheme.UsernameField)), new("x_auth_password", Needed(account.Scheme.PasswordField)), new("x_auth_mode", "client_auth")];
        return SendAsync(account, new(OAuth1Step.XAuth, account.Scheme.AccessTokenEndpoint, [], null, null, account.Scheme.AccessTokenParameters, []) { Form = form }, cancellationToken);
    }

    private async Task<OAuth1Reply> SendAsync(OAuth1Account account, Ask ask, CancellationToken cancellationToken)
    {
        var (definition, connector, scheme, fields, credential) = account;
        var what = $"The {(ask.Step == OAuth1Step.RequestToken ? "request" : "access")} token endpoint of {connector.DisplayName}";
        if (OAuthClients.Of(definition, scheme, fields, credential, vault) is not { } consumer)
            return Refused(FailureKind.Misconfigured, $"The connection definition '{definition.Key}' has no consumer key.");
        HttpRequestMessage? request = null;
        Redactor redactor;
        try
        {
            if (ask.Endpoint is null || !BaseUri.TryParse(ask.Endpoint.Render(fields), out var address))
                return Refused(FailureKind.Misconfigured, $"{what} has no valid address.");
            if (guard.Check(address) is { } wrong)
                return Refused(FailureKind.Misconfigured, $"{what} {wrong}.");
            var scope = new CredentialScope(new SchemeInputs { Fields = fields, Credential = credential, Client = consumer, BaseAddress = address, Time = time });
            var form = ask.Form.Concat(ask.Parameters.Select(p => KeyValuePair.Create(p.Key, p.Value.RenderOrNull(scope) ?? "")).Where(p => p.Value.Length > 0)).ToList();
            var signer = new OAuth1RequestSigner(scheme, consumer, ask.Token, ask.TokenSecret, scheme.Realm?.RenderOrNull(fields), time);
            redactor = new Redactor([.. credential.All, .. consumer.Secret is { } secret ? [secret] : Array.Empty<Secret>(), .. ask.Secrets, .. signer.Secrets]);
            request = new HttpRequestMessage(HttpMethod.Post, address) { Content = form.Count > 0 ? new FormUrlEncodedContent(form) : null };
            await signer.SignAsync(request, ask.Oauth, cancellationToken);
        }
        catch (CryptographicException)
        {
            request?.Dispose();
            return Refused(FailureKind.Misconfigured, $"The consumer secret of '{definition.Key}' cannot be opened with this key ring. Restore the keys it was sealed with, or set the secret again.");
        }
        catch (FormatException e)
        {
            request?.Dispose();
            return Refused(FailureKind.Misconfigured, $"{what} cannot be asked: {e.Message}");
        }

        using (request)
        {
            using var timeout = new CancellationTokenSource(guard.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            try
            {
                using var response = await guard.Invoker.SendAsync(request, either.Token);
                await response.Content.LoadIntoBufferAsync(LargestReply, either.Token);
                return await ReadAsync(account, ask, response, what, redactor, either.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return new OAuth1Reply.Refused(FailureClassifier.FromException(e, what, time.GetUtcNow()));
            }
        }
    }

    private async Task<OAuth1Reply> ReadAsync(OAuth1Account account, Ask ask, HttpResponseMessage response, string what, Redactor redactor, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            var text = FailureClassifier.Text(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            var body = new OAuth1ReplyBody(text, response);
            if (body.Token is { Length: > 0 } token)
                return new OAuth1Reply.Granted(new Secret(token), body.TokenSecret is { Length: > 0 } secret ? new Secret(secret) : null, body);
            var problem = account.Scheme.ReadProblem(response, text, time.GetUtcNow());
            return new OAuth1Reply.Refused(new Failure
            {
                Kind = problem?.Kind ?? FailureKind.Unknown,
                Message = $"{what} answered {(int)response.StatusCode} without a token{(problem?.Code is { } code ? $": {code}" : "")}.",
                Status = (int)response.StatusCode,
                ProviderCode = problem?.Code,
                At = time.GetUtcNow(),
            });
        }

        // A 1xx or 304 is neither.
        var seen = await FailureClassifier.ClassifyAsync(response, account.Connector with { Errors = [] }, RequestPurpose.Probe, redactor, time.GetUtcNow(), cancellationToken, account.Scheme);
        if (seen is null)
            return Refused(FailureKind.Unknown, $"{what} answered {(int)response.StatusCode} without a token.");
        var (kind, advice) = Judge(account.Scheme, ask.Step, seen);
        return new OAuth1Reply.Refused(seen with
        {
            Kind = kind,
            Message = $"{what}{seen.Message[account.Connector.DisplayName.Length..]}{(advice is null ? "" : $". {advice}")}",
        });
    }

    /// <summary>Whose fault a refusal is depends on what had to be right: for a request token that is the consumer alone.</summary>
    private static (FailureKind Kind, string? Advice) Judge(OAuth1Scheme scheme, OAuth1Step step, Failure seen)
    {
        var consumer = scheme.NeedsClient ? FailureKind.ClientRejected : FailureKind.ModifiedCredentials;
        return (step, seen.Kind) switch
        {
            // Some say no more than 401 to a callback address that they do not know, either.
            (OAuth1Step.RequestToken, FailureKind.ModifiedCredentials) => (consumer, "Check the consumer key and secret, and the callback address registered at the provider"),
            (OAuth1Step.RequestToken, FailureKind.InsufficientPermissions) => (FailureKind.Misconfigured, "Check the callback address registered at the provider, and what its app may ask for"),
            (OAuth1Step.RequestToken, FailureKind.Unknown) when seen.Status == 400 => (FailureKind.Misconfigured, null),
            // Both secrets were right a moment ago.
            (OAuth1Step.Exchange, FailureKind.ModifiedCredentials) => (FailureKind.ModifiedCredentials, "The authorization was used already, or took too long: start again"),
            (OAuth1Step.XAuth, FailureKind.ModifiedCredentials) when seen.ProviderCode == OAuth1Problems.SignatureInvalid => (consumer, null),
            _ => (seen.Kind, null),
        };
    }

    private OAuth1Reply.Refused Refused(FailureKind kind, string message) => new(new Failure { Kind = kind, Message = message, At = time.GetUtcNow() });

    private sealed record Ask(
        OAuth1Step Step, FieldTemplate? Endpoint, IReadOnlyList<KeyValuePair<string, string>> Oauth, Secret? Token, Secret? TokenSecret,
        IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Parameters, IReadOnlyList<Secret> Further)
    {
        public IReadOnlyList<KeyValuePair<string, string>> Form { get; init; } = [];

        public IEnumerable<Secret> Secrets => Further.Concat(Token is null ? [] : [Token]).Concat(TokenSecret is null ? [] : [TokenSecret]);
    }

    private enum OAuth1Step
    {
        RequestToken,
        Exchange,
        XAuth,
    }
}
