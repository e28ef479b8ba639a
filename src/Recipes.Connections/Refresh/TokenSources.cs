namespace Recipes.Connections;

/// <summary>Gets new tokens for a connection without a person, in the way of its scheme.</summary>
internal sealed class TokenSources(TokenEndpoint endpoint, OAuth1Endpoint oauth1, EgressGuard guard, TimeProvider time)
{
    /// <param name="seen">The connection as it is; its scheme can renew (<see cref="AuthScheme.CanRenew"/>).</param>
    public Task<TokenReply> RenewAsync(ConnectionSnapshot seen, CancellationToken cancellationToken) => seen.Scheme switch
    {
        OAuth2Scheme scheme when seen.Credential?.Tokens is { RefreshToken: not null } tokens =>
            endpoint.RefreshAsync(seen.Definition, seen.Connector, scheme, seen.Fields, tokens, cancellationToken),
        OAuth1Scheme { AcquiresTokens: true } scheme => AcquireAsync(seen, scheme, cancellationToken),
        _ => throw new NotSupportedException($"The scheme '{seen.Scheme.Name}' cannot get tokens by itself."),
    };

    private async Task<TokenReply> AcquireAsync(ConnectionSnapshot seen, OAuth1Scheme scheme, CancellationToken cancellationToken)
    {
        var account = new OAuth1Account(seen.Definition, seen.Connector, scheme, seen.Fields, seen.Credential ?? new Credential());
        switch (await oauth1.AcquireAsync(account, cancellationToken))
        {
            case OAuth1Reply.Granted granted:
                var captured = CapturedValues.Take(scheme.Captures, seen.Connector, scheme, seen.Definition, guard, "the access token reply", capture => capture.From switch
                {
                    CaptureSource.TokenReply => granted.Body.Read(capture.Path),
                    CaptureSource.TokenHeader => granted.Body.Header(capture.Path),
                    _ => null,
                });
                return captured.Missing is { } missing
                    ? new TokenReply.Refused(new Failure { Kind = FailureKind.Misconfigured, Message = missing, At = time.GetUtcNow() })
                    : new TokenReply.Granted(granted.ToTokens(captured.Secrets, time.GetUtcNow()));
            case OAuth1Reply.Refused refused:
                return new TokenReply.Refused(refused.Failure);
            case var other:
                throw new InvalidOperationException($"Unknown reply {other.GetType().Name}.");
        }
    }
}
