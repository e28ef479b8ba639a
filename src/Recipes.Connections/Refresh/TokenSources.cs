using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Gets new tokens for a connection without a person, in the way of its scheme.</summary>
internal sealed class TokenSources(TokenEndpoint endpoint, OAuth1Endpoint oauth1, LoginCalls logins, EgressGuard guard, IOptions<OAuth2Options> oauth2, TimeProvider time)
{
    /// <param name="seen">The connection as it is; its scheme can renew (<see cref="AuthScheme.CanRenew"/>).</param>
    public Task<TokenReply> RenewAsync(ConnectionSnapshot seen, CancellationToken cancellationToken) => ToldAsync(seen, () => AskAsync(seen, cancellationToken));

    /// <summary>Whether renewing spends a token that its provider may take no second time.</summary>
    public static bool Spends(ConnectionSnapshot seen) => seen.Scheme is OAuth2Scheme { AcquiresTokens: false };

    /// <summary>Refreshes with another refresh token than the connection's own.</summary>
    /// <param name="seen">Of a scheme that <see cref="Spends"/>.</param>
    public Task<TokenReply> RefreshWithAsync(ConnectionSnapshot seen, Secret refreshToken, CancellationToken cancellationToken)
    {
        var account = seen.OAuth2Account!;
        var other = account with { Credential = account.Credential with { Tokens = account.Credential.Tokens! with { RefreshToken = refreshToken } } };
        return ToldAsync(seen, () => endpoint.RefreshAsync(other, cancellationToken));
    }

    private static async Task<TokenReply> ToldAsync(ConnectionSnapshot seen, Func<Task<TokenReply>> ask)
    {
        using var activity = ConnectionTelemetry.Activities.StartActivity("connection refresh");
        var reply = await ask();
        var failure = (reply as TokenReply.Refused)?.Failure;
        activity?.SetTag(ConnectionTelemetry.ConnectorTag, seen.Connector.Name);
        activity.End(failure);
        ConnectionTelemetry.Refreshed(seen.Connector.Name, failure);
        return reply;
    }

    private Task<TokenReply> AskAsync(ConnectionSnapshot seen, CancellationToken cancellationToken) => seen.Scheme switch
    {
        OAuth2Scheme => RenewAsync(seen.OAuth2Account!, seen.NeedsToken, cancellationToken),
        OAuth1Scheme { AcquiresTokens: true } scheme => AcquireAsync(seen, scheme, cancellationToken),
        LoginScheme => logins.AcquireAsync(seen, cancellationToken),
        JwtScheme scheme => Task.FromResult(scheme.Issue(seen, time)),
        _ => throw new NotSupportedException($"The scheme '{seen.Scheme.Name}' cannot get tokens by itself."),
    };

    /// <param name="isNew">Whether there is no token yet, or one that was asked for with another request.</param>
    private async Task<TokenReply> RenewAsync(OAuth2Account account, bool isNew, CancellationToken cancellationToken)
    {
        var scheme = account.Scheme;
        if (!isNew && account.Credential.Tokens?.RefreshToken is not null)
        {
            var refreshed = await endpoint.RefreshAsync(account, cancellationToken);
            // Where no person is needed a dead refresh token is no loss; an outage is one for the token endpoint as well.
            if (!scheme.AcquiresTokens || refreshed is not TokenReply.Refused { Failure.Kind: not (FailureKind.Unavailable or FailureKind.RateLimited) })
                return refreshed;
        }

        if (oauth2.Value.WhyForbidden(scheme) is { } forbidden)
            return Misconfigured(forbidden);
        var reply = await endpoint.AcquireAsync(account, cancellationToken);
        return reply is TokenReply.Granted { Document: { } document } && Missing(account, document) is { } missing
            ? Misconfigured($"The token endpoint of {account.Connector.DisplayName} gave a token, but nothing at '{missing.Path}' that fits what the connector expects there.")
            : reply;
    }

    private async Task<TokenReply> AcquireAsync(ConnectionSnapshot seen, OAuth1Scheme scheme, CancellationToken cancellationToken)
    {
        var account = new OAuth1Account(seen.Definition, seen.Connector, scheme, seen.Fields, seen.Credential ?? new Credential());
        var line = scheme.AccessTokenEndpoint is { } template && BaseUri.TryParse(template.Render(seen.Fields), out var address) ? RequestLine.Of(HttpMethod.Post, address) : null;
        switch (await oauth1.AcquireAsync(account, cancellationToken))
        {
            case OAuth1Reply.Granted granted:
                var captured = granted.Body.Capture(scheme.Captures).Checked(scheme.Captures, seen.Connector, scheme, guard);
                return captured.WhyIncomplete(seen.Connector, seen.Definition, "The access token reply") is { } missing
                    ? Misconfigured(missing)
                    : new TokenReply.Granted(granted.ToTokens(captured.Secrets, time.GetUtcNow())) { Fields = captured.Fields, RequestLine = line };
            case OAuth1Reply.Refused refused:
                return new TokenReply.Refused(refused.Failure) { RequestLine = line };
            case var other:
                throw new InvalidOperationException($"Unknown reply {other.GetType().Name}.");
        }
    }

    // What an earlier reply filled in already need not come again.
    private static Capture? Missing(OAuth2Account account, TokenReplyDocument document) =>
        Captures.FromTokenReply(account.Scheme.Captures, document).Missing.FirstOrDefault(c => c.Field is null || !account.Fields.ContainsKey(c.Field));

    private TokenReply.Refused Misconfigured(string message) => new(new Failure { Kind = FailureKind.Misconfigured, Message = message, At = time.GetUtcNow() });
}
