using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Tells the provider that a grant is no longer wanted. Best effort: the credential is deleted here whatever the provider says.</summary>
/// <remarks>Source: RFC 7009.</remarks>
internal sealed partial class Revocation(SnapshotLoader loader, OAuth2Endpoints endpoints, ClientAuthenticator clients, OAuth2Sender sender, LoginCalls logins, ILogger<Revocation> log)
{
    /// <param name="before">The connection as it was with its credential.</param>
    /// <param name="newer">Tokens that came in too late to be stored; null means those of <paramref name="before"/>.</param>
    public async Task RevokeAsync(ConnectionRecord before, TokenSet? newer, CancellationToken cancellationToken)
    {
        try
        {
            var seen = await loader.LoadAsync(new Connection(before), cancellationToken);
            if (seen.Scheme is LoginScheme { Logout: { } logout } && (newer ?? seen.Credential?.Tokens) is { } session)
                LogRevoked(log, before.Id, await logins.LogoutAsync(seen, logout, session, cancellationToken));
            if (seen.OAuth2Account is { } account && (newer ?? account.Credential.Tokens) is { } tokens
                && await endpoints.RevocationAsync(account.Scheme, account.Fields, cancellationToken) is { } address)
                LogRevoked(log, before.Id, await SendAsync(account, address, tokens, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or CryptographicException or InvalidOperationException or FormatException)
        {
            LogNotRevoked(log, before.Id, e.GetType().Name);
        }
    }

    // The refresh token, or the access token where there is none: RFC 7009 §2.1.
    private async Task<int> SendAsync(OAuth2Account account, Uri address, TokenSet tokens, CancellationToken cancellationToken)
    {
        var request = new OAuth2Request(address, $"The revocation endpoint of {account.Connector.DisplayName}");
        request.AddSecret("token", (tokens.RefreshToken ?? tokens.AccessToken).Reveal());
        request.Add("token_type_hint", tokens.RefreshToken is null ? "access_token" : "refresh_token");
        await clients.AuthenticateAsync(account, request, cancellationToken);
        using var response = await sender.SendAsync(request, cancellationToken);
        return (int)response.StatusCode;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The grant of connection {Connection} was given back, the provider answered {Status}")]
    private static partial void LogRevoked(ILogger logger, ConnectionId connection, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The grant of connection {Connection} could not be given back ({Exception}); it is deleted here all the same")]
    private static partial void LogNotRevoked(ILogger logger, ConnectionId connection, string exception);
}
