using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recipes.Connections;

/// <summary>Whether a request was there to find something out or to do something: they are judged differently.</summary>
internal enum RequestPurpose
{
    Action,
    Probe,
}

/// <summary>Reads an answer (or its absence) as success or as one <see cref="FailureKind"/>: the connector's own rules first, then the general table.</summary>
internal static class FailureClassifier
{
    private const int LargestErrorBody = 64 * 1024;

    /// <summary>Null on success. A body that has to be read is buffered, so that it can be read again.</summary>
    /// <param name="scheme">Reads the words of its own protocol; null where they are read elsewhere.</param>
    public static async ValueTask<Failure?> ClassifyAsync(
        HttpResponseMessage response, ConnectorProfile connector, RequestPurpose purpose, Redactor redactor, DateTimeOffset now, CancellationToken cancellationToken, AuthScheme? scheme = null)
    {
        var status = (int)response.StatusCode;
        var general = FromStatus(response, purpose);
        if (general is null && !AnyMayMatchSuccess(connector.Errors, status))
            return null;

        var body = await ReadBodyAsync(response, cancellationToken);
        using var json = ParseJson(body);
        var kind = FindDeclared(connector.Errors, response, body, json);
        // An outage may carry any words.
        var problem = general is null or FailureKind.RateLimited or FailureKind.Unavailable ? null : scheme?.ReadProblem(response, body, now);
        kind ??= problem?.Kind;
        if (kind is null && general == FailureKind.ModifiedCredentials && SaysInsufficientScope(response))
            kind = FailureKind.InsufficientPermissions;
        kind ??= general == FailureKind.Unknown && status == 400 ? OfClientCertificate(body) : null;
        kind ??= general;
        if (kind is null)
            return null;
        var (code, words) = ProviderWords.From(json, body, redactor);
        return new Failure
        {
            Kind = kind.Value,
            Message = $"{connector.DisplayName} answered {status} {redactor.Redact(response.ReasonPhrase ?? "")}{(words is null ? "" : $": {words}")}{(problem?.Advice is { } advice ? $". {advice}" : "")}".TrimEnd(),
            Status = status,
            ProviderCode = problem?.Code ?? code,
            ProviderWords = words,
            RetryAt = RetryAfter(response, now) ?? (kind == FailureKind.RateLimited ? RateLimitReset.Find(connector.RateLimits, response, json, now) : null),
            At = now,
        };
    }

    /// <summary>For requests that got no answer. The message is our own: an exception's may contain an address with a key in it.</summary>
    /// <param name="showedCertificate">Whether the request carried a client certificate: only then can that be what was refused.</param>
    public static Failure FromException(Exception exception, string what, DateTimeOffset now, bool showedCertificate = false)
    {
        var (kind, reason) = Read(exception, showedCertificate);
        return new Failure { Kind = kind, Message = $"{what}: {reason}", At = now };
    }

    public static DateTimeOffset? RetryAfter(HttpResponseMessage response, DateTimeOffset now) =>
        response.Headers.RetryAfter is not { } after ? null : after.Date ?? (after.Delta is { } delta ? now + delta : null);

    private static (FailureKind Kind, string Reason) Read(Exception exception, bool showedCertificate)
    {
        // Our own time-out; the socket below only reports that it was closed.
        if (exception is OperationCanceledException or TimeoutException)
            return (FailureKind.Unavailable, "no answer in time.");
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case EgressRefusedException refused: return (FailureKind.Misconfigured, refused.Message);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData }: return (FailureKind.Misconfigured, "its host name is unknown.");
                case SocketException { SocketErrorCode: SocketError.TryAgain }: return (FailureKind.Unavailable, "its host name could not be looked up at the moment.");
                case AuthenticationException when RefusesClientCertificate(inner): return CertificateRefused(showedCertificate);
                case AuthenticationException: return (FailureKind.Misconfigured, "its TLS certificate was refused.");
                case SocketException socket: return (FailureKind.Unavailable, $"no connection ({socket.SocketErrorCode}).");
            }
        }

        if (RefusesClientCertificate(exception))
            return CertificateRefused(showedCertificate);
        return exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => (FailureKind.Unknown, "the request or its answer is too large."),
            HttpRequestException http => (FailureKind.Unavailable, $"the connection broke ({http.HttpRequestError})."),
            IOException => (FailureKind.Unavailable, "the connection broke."),
            InvalidDataException => (FailureKind.Unknown, "its answer could not be decompressed."),
            _ => (FailureKind.Unknown, $"an unexpected {exception.GetType().Name}."),
        };
    }

    private static (FailureKind, string) CertificateRefused(bool shown) =>
        shown ? (FailureKind.ModifiedCredentials, "it refused the client certificate.") : (FailureKind.Misconfigured, "it wants a client certificate, and none is set up.");

    // The alert that ends the handshake, or the first read after it; only its text tells which one it was.
    private static bool RefusesClientCertificate(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner.Message.Contains(" alert ", StringComparison.Ordinal)
                && (inner.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase) || inner.Message.Contains("unknown ca", StringComparison.OrdinalIgnoreCase)))
                return true;
        }

        return false;
    }

    /// <summary>What the first rule that applies makes of an answer; null when none does.</summary>
    internal static FailureKind? FindDeclared(IReadOnlyList<ErrorRule> rules, HttpResponseMessage response, string? body, JsonDocument? json)
    {
        foreach (var rule in rules)
        {
            if (Matches(rule, response, (int)response.StatusCode, body, json))
                return rule.Kind;
        }

        return null;
    }

    /// <summary>The general table; null on success.</summary>
    internal static FailureKind? FromStatus(HttpResponseMessage response, RequestPurpose purpose) => response.StatusCode switch
    {
        < HttpStatusCode.MultipleChoices => null,
        HttpStatusCode.NotModified => null,
        HttpStatusCode.Unauthorized => FailureKind.ModifiedCredentials,
        HttpStatusCode.Forbidden => FailureKind.InsufficientPermissions,
        HttpStatusCode.TooManyRequests => FailureKind.RateLimited,
        HttpStatusCode.ServiceUnavailable when response.Headers.RetryAfter is not null => FailureKind.RateLimited,
        >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.Locked or (HttpStatusCode)425 => FailureKind.Unavailable,
        HttpStatusCode.NotFound when purpose == RequestPurpose.Probe => FailureKind.Misconfigured,
        < HttpStatusCode.BadRequest when purpose == RequestPurpose.Probe => FailureKind.Misconfigured,
        _ => FailureKind.Unknown,
    };

    // What nginx and those built on it say before any app does; there is no status of its own for it.
    private static FailureKind? OfClientCertificate(string? body) => body switch
    {
        not null when body.Contains("No required SSL certificate was sent", StringComparison.Ordinal) => FailureKind.Misconfigured,
        not null when body.Contains("The SSL certificate error", StringComparison.Ordinal) => FailureKind.ModifiedCredentials,
        _ => null,
    };

    private static bool AnyMayMatchSuccess(IReadOnlyList<ErrorRule> rules, int status)
    {
        // On the path of every success: nothing is allocated here.
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i];
            if (rule.Statuses.Count == 0 ? rule.NeedsBody || rule.Header is not null || rule.ContentType is not null : rule.Statuses.Contains(status))
                return true;
        }

        return false;
    }

    private static bool Matches(ErrorRule rule, HttpResponseMessage response, int status, string? body, JsonDocument? json)
    {
        if (rule.Statuses.Count > 0 && !rule.Statuses.Contains(status))
            return false;
        if (rule.ContentType is { } type && !string.Equals(type, response.Content.Headers.ContentType?.MediaType, StringComparison.OrdinalIgnoreCase))
            return false;
        var value = rule.BodyPath is null ? body : json is null ? null : JsonPath.Text(JsonPath.Find(json.RootElement, rule.BodyPath));
        try
        {
            if (rule.Header is { } header && !MatchesHeader(rule, ResponseHeader.Find(response, header)))
                return false;
            if (!rule.NeedsBody)
                return true;
            return value is not null && (rule.Pattern is null || rule.Pattern.IsMatch(value));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static bool MatchesHeader(ErrorRule rule, string? value) =>
        rule.HeaderAbsent ? value is null : value is not null && (rule.HeaderPattern is null || rule.HeaderPattern.IsMatch(value));

    private static async ValueTask<string?> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > LargestErrorBody)
            return null;
        try
        {
            await response.Content.LoadIntoBufferAsync(LargestErrorBody, cancellationToken);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return bytes.Length > LargestErrorBody ? null : Text(bytes);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Too long or cut off: the status has to speak for itself.
            return null;
        }
    }

    /// <summary>A body as text. JSON is UTF-8 whatever charset the reply claims, and some claim one that does not exist.</summary>
    /// <remarks>Source: RFC 8259 §8.1.</remarks>
    internal static string Text(byte[] body) => Encoding.UTF8.GetString(body).TrimStart('\uFEFF');

    // RFC 6750 §3.1 says 403; some answer 401 and name the same code.
    private static bool SaysInsufficientScope(HttpResponseMessage response) =>
        response.Headers.WwwAuthenticate.Any(c => c.Parameter?.Contains("\"insufficient_scope\"", StringComparison.Ordinal) == true);

    internal static JsonDocument? ParseJson(string? body)
    {
        if (body is null || body.AsSpan().TrimStart() is not ['{' or '[', ..])
            return null;
        JsonDocument? json = null;
        try
        {
            json = JsonDocument.Parse(body);
            ReadTexts(json.RootElement);
            return json;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            json?.Dispose();
            return null;
        }
    }

    // Half a surrogate pair passes the parser and throws only when the text is read.
    private static void ReadTexts(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                _ = json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                    ReadTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                    ReadTexts(member.Value);
                break;
        }
    }
}
