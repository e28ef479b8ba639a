using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Tells the provider that a grant is no longer wanted. Best effort: the credential is deleted here whatever the provider says.</summary>
/// <remarks>Source: RFC 7009.</remarks>
internal sealed partial class Revocation(SnapshotLoader loader, TokenEndpoint endpoint, LoginCalls logins, ILogger<Revocation> log)
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
            if (seen.Scheme is OAuth2Scheme { RevocationEndpoint: { } revocation } scheme && revocation.RenderOrNull(seen.Fields) is not null && (newer ?? seen.Credential?.Tokens) is { } tokens)
                LogRevoked(log, before.Id, await endpoint.RevokeAsync(seen.Definition, seen.Connector, scheme, seen.Fields, tokens, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or CryptographicException or InvalidOperationException or FormatException)
        {
            LogNotRevoked(log, before.Id, e.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The grant of connection {Connection} was given back, the provider answered {Status}")]
    private static partial void LogRevoked(ILogger logger, ConnectionId connection, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The grant of connection {Connection} could not be given back ({Exception}); it is deleted here all the same")]
    private static partial void LogNotRevoked(ILogger logger, ConnectionId connection, string exception);
}
