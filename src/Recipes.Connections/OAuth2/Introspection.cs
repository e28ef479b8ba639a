using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Asks the provider what it knows of a connection's access token.</summary>
/// <remarks>Source: RFC 7662.</remarks>
public sealed partial class Introspection
{
    // The last second that a moment can be.
    private const double LastSecond = 253402300799;

    private readonly SnapshotLoader _loader;
    private readonly OAuth2Endpoints _endpoints;
    private readonly ClientAuthenticator _clients;
    private readonly OAuth2Sender _sender;
    private readonly TimeProvider _time;
    private readonly ILogger<Introspection> _log;

    internal Introspection(SnapshotLoader loader, OAuth2Endpoints endpoints, ClientAuthenticator clients, OAuth2Sender sender, TimeProvider time, ILogger<Introspection> log) =>
        (_loader, _endpoints, _clients, _sender, _time, _log) = (loader, endpoints, clients, sender, time, log);

    /// <summary>Null when the connection has no token, its provider declares no introspection, or did not answer as it should.</summary>
    /// <exception cref="KeyNotFoundException">When there is no such connection.</exception>
    public async Task<TokenStanding?> IntrospectAsync(ConnectionId id, CancellationToken cancellationToken) =>
        (await AskAsync(await _loader.LoadAsync(id, cancellationToken) ?? throw new KeyNotFoundException($"There is no connection {id}."), cancellationToken)).Standing;

    /// <summary>What the provider says, or why it says nothing; and the request, unless there was none.</summary>
    internal async Task<(TokenStanding? Standing, Failure? Failure, string? RequestLine)> AskAsync(ConnectionSnapshot seen, CancellationToken cancellationToken)
    {
        if (seen.OAuth2Account is not { Credential.Tokens.AccessToken: { } token } account || seen.NeedsToken)
            return (null, NotAsked($"The connection '{seen.Record.DisplayName}' has no token."), null);
        var what = $"The introspection endpoint of {account.Connector.DisplayName}";
        string? line = null;
        try
        {
            if (await _endpoints.IntrospectionAsync(account.Scheme, account.Fields, cancellationToken) is not { } address)
                return (null, NotAsked($"{what} has no address."), null);
            line = seen.Redactor.Redact(RequestLine.Of(HttpMethod.Post, address));
            var request = new OAuth2Request(address, what);
            request.AddSecret("token", token.Reveal());
            request.Add("token_type_hint", "access_token");
            await _clients.AuthenticateAsync(account, request, cancellationToken);
            using var response = await _sender.SendAsync(request, cancellationToken);
            var body = FailureClassifier.Text(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            using var json = FailureClassifier.ParseJson(body);
            if (response.IsSuccessStatusCode && json is not null && Read(account, json.RootElement, seen.Redactor) is { } standing)
                return (standing, null, line);
            LogRefused(_log, seen.Record.Id, (int)response.StatusCode);
            var failure = TokenRefusals.Read(account, response, body, json, what, request.CreateRedactor());
            // Many clients may get tokens and not ask about them: that says nothing of the account, nor of the client where tokens are concerned.
            return (null, failure.Kind is FailureKind.ClientRejected or FailureKind.ModifiedCredentials or FailureKind.InsufficientPermissions ? failure with { Kind = FailureKind.Misconfigured } : failure, line);
        }
        catch (FormatException e)
        {
            return (null, NotAsked($"{what} {e.Message}"), line);
        }
        catch (DiscoveryException e)
        {
            return (null, e.Failure, line);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or CryptographicException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogNoAnswer(_log, seen.Record.Id, e.GetType().Name);
            return (null, e is CryptographicException
                ? NotAsked($"The client secret of '{account.Definition.Key}' cannot be opened with this key ring. Restore the keys it was sealed with, or set the secret again.")
                : FailureClassifier.FromException(e, what, _time.GetUtcNow(), seen.Scheme.ClientCertificate is not null), line);
        }
    }

    private Failure NotAsked(string message) => new() { Kind = FailureKind.Misconfigured, Message = message, At = _time.GetUtcNow() };

    private static TokenStanding? Read(OAuth2Account account, JsonElement json, Redactor redactor)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("active", out var active) || active.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return null;
        var scopes = TokenReplyDocument.TextAt(json, "scope")?.Split([account.Scheme.ScopeSeparator, " "], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        DateTimeOffset? expires = double.TryParse(TokenReplyDocument.TextAt(json, "exp"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
        var username = TokenReplyDocument.TextAt(json, "username") is { Length: > 0 and <= 200 } name ? redactor.Redact(name) : null;
        return new(active.GetBoolean(), scopes, scopes is null ? [] : ScopeSelection.Lacking(account.Scheme, scopes, account.Scopes), expires, username);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The introspection endpoint for connection {Connection} answered {Status}")]
    private static partial void LogRefused(ILogger logger, ConnectionId connection, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The introspection endpoint for connection {Connection} gave no answer that can be read ({Exception})")]
    private static partial void LogNoAnswer(ILogger logger, ConnectionId connection, string exception);
}
