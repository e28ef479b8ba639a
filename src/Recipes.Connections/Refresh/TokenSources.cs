namespace Recipes.Connections;

/// <summary>Gets new tokens for a connection without a person, in the way of its scheme.</summary>
internal sealed class TokenSources(TokenEndpoint endpoint, LoginCalls logins, TimeProvider time)
{
    /// <param name="seen">The connection as it is; its scheme can renew (<see cref="AuthScheme.CanRenew"/>).</param>
    public Task<TokenReply> RenewAsync(ConnectionSnapshot seen, CancellationToken cancellationToken) => seen.Scheme switch
    {
        OAuth2Scheme scheme when seen.Credential?.Tokens is { RefreshToken: not null } tokens =>
            endpoint.RefreshAsync(seen.Definition, seen.Connector, scheme, seen.Fields, tokens, cancellationToken),
        LoginScheme => logins.AcquireAsync(seen, cancellationToken),
        JwtScheme scheme => Task.FromResult(scheme.Issue(seen, time)),
        _ => throw new NotSupportedException($"The scheme '{seen.Scheme.Name}' cannot get tokens by itself."),
    };
}
