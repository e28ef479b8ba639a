using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Tells the provider that a grant is no longer wanted. The credential is deleted here whatever the provider says, and its log tells how it went.</summary>
/// <remarks>Source: RFC 7009, and what connectors declare.</remarks>
internal sealed partial class Revocation(
    SnapshotLoader loader, IRefreshLeases leases, CredentialVault vault, OAuth2Endpoints endpoints, ClientAuthenticator clients, OAuth2Sender sender, LoginCalls logins, IConnectionLog connectionLog, TimeProvider time, ILogger<Revocation> log)
{
    /// <param name="before">The connection as it was with its credential.</param>
    /// <param name="newer">Tokens that came in too late to be stored; null means those of <paramref name="before"/>.</param>
    /// <param name="now">The connection as it is now, without that credential.</param>
    /// <param name="by">Who no longer wants it.</param>
    /// <param name="detail">For the log: which grant it is; null when there was only one.</param>
    public Task<RevocationOutcome> RevokeAsync(ConnectionRecord before, TokenSet? newer, Connection now, Actor by, CancellationToken cancellationToken, string? detail = null) =>
        RevokeAsync(before, () => loader.LoadAsync(new Connection(before), cancellationToken), newer, now, by, detail, cancellationToken);

    /// <summary>For a connection whose credential was just deleted: what replaced it, and is kept in a lease until it can be stored, goes as well.</summary>
    public async Task<RevocationOutcome> GiveUpAsync(ConnectionRecord before, Connection now, Actor by, CancellationToken cancellationToken) =>
        await RevokeAsync(before, await TakeKeptAsync(before), now, by, cancellationToken);

    /// <summary>For tokens that came in when nobody wanted them any more.</summary>
    /// <param name="seen">The connection as it was when they were asked for; it may be gone.</param>
    public Task<RevocationOutcome> RevokeAsync(ConnectionSnapshot seen, TokenSet late, Connection now, Actor by) =>
        RevokeAsync(seen.Record, () => Task.FromResult(seen), late, now, by, detail: null, CancellationToken.None);

    private async Task<RevocationOutcome> RevokeAsync(
        ConnectionRecord before, Func<Task<ConnectionSnapshot>> load, TokenSet? newer, Connection now, Actor by, string? detail, CancellationToken cancellationToken)
    {
        var outcome = await AskAsync(load, newer, cancellationToken);
        if (outcome is RevocationOutcome.NotPossible)
            return outcome;
        var failure = (outcome as RevocationOutcome.Failed)?.Failure;
        if (failure is null)
            LogRevoked(log, before.Id);
        else
            LogNotRevoked(log, before.Id, failure.Kind, failure.Status);
        try
        {
            await connectionLog.AddAsync(
                new LogEntry
                {
                    Connection = before.Id,
                    Tenant = before.Tenant,
                    At = time.GetUtcNow(),
                    Event = ConnectionEvent.Revoked,
                    By = by,
                    Failure = failure,
                    Detail = detail,
                    RequestLine = outcome switch { RevocationOutcome.Revoked revoked => revoked.RequestLine, RevocationOutcome.Failed failed => failed.RequestLine, _ => null },
                    Health = now.Health,
                }, CancellationToken.None);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // It is done; that it could not be noted undoes nothing.
            LogNotNoted(log, e, before.Id);
        }

        return outcome;
    }

    private async Task<RevocationOutcome> AskAsync(Func<Task<ConnectionSnapshot>> load, TokenSet? newer, CancellationToken cancellationToken)
    {
        string? line = null;
        var what = "The provider";
        try
        {
            var seen = await load();
            what = $"The revocation at {seen.Connector.DisplayName}";
            if (seen.Credential is null)
                return new RevocationOutcome.NotPossible();
            var tokens = newer ?? seen.Credential.Tokens;
            if (seen.Scheme.Revoke is { } call)
            {
                if (tokens is null && seen.Scheme.AcquiresTokens)
                    return new RevocationOutcome.NotPossible();
                line = $"{call.Method} {call.Path.Source}";
                if (!call.PlacesCredential && seen is not { Authenticator: not null, Fault: null })
                    return new RevocationOutcome.NotPossible();
                var status = await logins.SendAsync(seen, call, tokens, cancellationToken);
                // What is to be taken away was gone already.
                return status is 404 or 410 ? new RevocationOutcome.Revoked(line) : OutcomeOf(status, what, line);
            }

            if (seen.OAuth2Account is not { } account || tokens is null || await endpoints.RevocationAsync(account.Scheme, account.Fields, cancellationToken) is not { } address)
                return new RevocationOutcome.NotPossible();
            line = RequestLine.Of(HttpMethod.Post, address);
            return OutcomeOf(await SendAsync(account, address, tokens, cancellationToken), what, line);
        }
        catch (DiscoveryException e)
        {
            return new RevocationOutcome.Failed(e.Failure, line);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return new RevocationOutcome.Failed(FailureClassifier.FromException(e, what, time.GetUtcNow()), line);
        }
        catch (Exception e) when (e is CryptographicException or InvalidOperationException or FormatException)
        {
            return new RevocationOutcome.Failed(Failed(FailureKind.Misconfigured, $"{what} could not be asked for ({e.GetType().Name}).", null), line);
        }
    }

    private async Task<TokenSet?> TakeKeptAsync(ConnectionRecord before)
    {
        try
        {
            return await leases.RemoveAsync(before.Id, CancellationToken.None) is { } kept ? vault.Open(before.Tenant, before.Id, kept).Tokens : null;
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or IOException or CryptographicException)
        {
            LogNotTaken(log, before.Id, e.GetType().Name);
            return null;
        }
    }

    // RFC 7009 §2.2: a token that was dead already is answered 200 as well.
    private RevocationOutcome OutcomeOf(int status, string what, string line) => status is >= 200 and < 300
        ? new RevocationOutcome.Revoked(line)
        : new RevocationOutcome.Failed(Failed(FailureKind.Unknown, $"{what} was answered with {status}.", status), line);

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

    private Failure Failed(FailureKind kind, string message, int? status) => new() { Kind = kind, Message = message, Status = status, At = time.GetUtcNow() };

    [LoggerMessage(Level = LogLevel.Information, Message = "The grant of connection {Connection} was given back")]
    private static partial void LogRevoked(ILogger logger, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The grant of connection {Connection} could not be given back ({Kind}, status {Status}); it is deleted here all the same")]
    private static partial void LogNotRevoked(ILogger logger, ConnectionId connection, FailureKind kind, int? status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether new tokens of connection {Connection} are kept in its lease cannot be seen ({Exception})")]
    private static partial void LogNotTaken(ILogger logger, ConnectionId connection, string exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "How the grant of connection {Connection} was given back could not be noted in its log")]
    private static partial void LogNotNoted(ILogger logger, Exception exception, ConnectionId connection);
}
