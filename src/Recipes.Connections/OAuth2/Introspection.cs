using System.Globalization;
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
    private readonly ILogger<Introspection> _log;

    internal Introspection(SnapshotLoader loader, OAuth2Endpoints endpoints, ClientAuthenticator clients, OAuth2Sender sender, ILogger<Introspection> log) =>
        (_loader, _endpoints, _clients, _sender, _log) = (loader, endpoints, clients, sender, log);

    /// <summary>Null when the connection has no token, its provider declares no introspection, or did not answer as it should.</summary>
    /// <exception cref="KeyNotFoundException">When there is no such connection.</exception>
    public async Task<TokenStanding?> IntrospectAsync(ConnectionId id, CancellationToken cancellationToken)
    {
        var seen = await _loader.LoadAsync(id, cancellationToken) ?? throw new KeyNotFoundException($"There is no connection {id}.");
        if (seen.OAuth2Account is not { Credential.Tokens.AccessToken: { } token } account || seen.NeedsToken)
            return null;
        try
        {
            if (await _endpoints.IntrospectionAsync(account.Scheme, account.Fields, cancellationToken) is not { } address)
                return null;
            var request = new OAuth2Request(address, $"The introspection endpoint of {account.Connector.DisplayName}");
            request.AddSecret("token", token.Reveal());
            request.Add("token_type_hint", "access_token");
            await _clients.AuthenticateAsync(account, request, cancellationToken);
            using var response = await _sender.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
                return Read(account, FailureClassifier.Text(await response.Content.ReadAsByteArrayAsync(cancellationToken)), seen.Redactor);
            LogRefused(_log, id, (int)response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or FormatException or JsonException or InvalidOperationException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogNoAnswer(_log, id, e.GetType().Name);
        }

        return null;
    }

    private static TokenStanding? Read(OAuth2Account account, string body, Redactor redactor)
    {
        using var document = JsonDocument.Parse(body);
        var json = document.RootElement;
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("active", out var active) || active.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return null;
        var scopes = TokenReplyDocument.TextAt(json, "scope")?.Split([account.Scheme.ScopeSeparator, " "], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        DateTimeOffset? expires = double.TryParse(TokenReplyDocument.TextAt(json, "exp"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
        var username = TokenReplyDocument.TextAt(json, "username") is { Length: > 0 and <= 200 } name ? redactor.Redact(name) : null;
        return new(active.GetBoolean(), scopes, scopes is null ? [] : [.. account.Scopes.Except(scopes)], expires, username);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The introspection endpoint for connection {Connection} answered {Status}")]
    private static partial void LogRefused(ILogger logger, ConnectionId connection, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The introspection endpoint for connection {Connection} gave no answer that can be read ({Exception})")]
    private static partial void LogNoAnswer(ILogger logger, ConnectionId connection, string exception);
}
