using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Reads deliveries to webhooks of no app.</summary>
/// <remarks>Source: https://www.standardwebhooks.com, symmetric signatures; draft-ietf-httpapi-idempotency-key-header for the id of others.</remarks>
internal static class OpenWebhookReader
{
    // An object is put around it, and readers of runs put one more.
    private static readonly JsonDocumentOptions s_json = new() { MaxDepth = 56, AllowDuplicateProperties = false };

    // What proves who sent it is no data.
    private static readonly HashSet<string> s_hidden =
        new(["Authorization", "Proxy-Authorization", "Cookie", TokenHeader, SignatureHeader], StringComparer.OrdinalIgnoreCase);

    private const string TokenHeader = "X-Webhook-Token";
    private const string IdHeader = "webhook-id";
    private const string TimeHeader = "webhook-timestamp";
    private const string SignatureHeader = "webhook-signature";
    private const string KeyPrefix = "whsec_";
    private const int ShortestKey = 16;

    private static readonly TimeSpan s_tolerance = TimeSpan.FromMinutes(5);

    /// <summary>A new secret, in the form that senders take.</summary>
    public static string CreateSecret(WebhookProof proof) =>
        proof == WebhookProof.Standard ? $"{KeyPrefix}{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}" : TriggerVault.NewPath();

    /// <returns>What is wrong with a secret that somebody gave; null when it can be used.</returns>
    public static string? FaultOf(WebhookProof proof, string secret) =>
        (proof == WebhookProof.Standard ? KeyOf(secret)?.Length ?? 0 : secret.Length) >= ShortestKey ? null
        : proof == WebhookProof.Standard ? $"A secret is whsec_ and base64, or a text, of {ShortestKey} bytes or more." : $"A secret has {ShortestKey} characters or more.";

    public static WebhookVerdict Read(WebhookProof proof, WebhookMessage message, string? secret, DateTimeOffset now)
    {
        if (WhyNot(proof, message, secret, now) is { } reason)
            return new WebhookVerdict.Rejected(reason);
        if (!TryReadBody(message, out var body))
            return new WebhookVerdict.Rejected("The body says that it is JSON, and is not, or is nested too deeply.");
        // Two that are alike are two, unless the sender says that they are one.
        var id = message.Headers.GetValueOrDefault(IdHeader) ?? message.Headers.GetValueOrDefault("Idempotency-Key") ?? $"new:{Guid.CreateVersion7(now)}";
        var data = new Dictionary<string, object?>
        {
            ["id"] = id,
            ["method"] = message.Method,
            ["body"] = body,
            ["headers"] = message.Headers.Where(h => !s_hidden.Contains(h.Key)).ToDictionary(h => h.Key.ToLowerInvariant(), h => (object?)h.Value),
            ["query"] = message.Query.ToDictionary(q => q.Key, q => (object?)q.Value),
        };
        return new WebhookVerdict.Accepted([new(TriggerRecord.Shorten(id), data)]);
    }

    private static string? WhyNot(WebhookProof proof, WebhookMessage message, string? secret, DateTimeOffset now) => proof switch
    {
        WebhookProof.None => null,
        _ when secret is null => "There is no secret to verify it by: switch the trigger off and on again.",
        WebhookProof.Token => IsEqual(TokenOf(message), secret) ? null : "The token is missing or another one.",
        WebhookProof.Standard => WhyNotSigned(message, secret, now),
        _ => throw new ArgumentOutOfRangeException(nameof(proof), proof, null),
    };

    private static string? TokenOf(WebhookMessage message) =>
        message.Headers.GetValueOrDefault("Authorization") is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : message.Headers.GetValueOrDefault(TokenHeader);

    private static string? WhyNotSigned(WebhookMessage message, string secret, DateTimeOffset now)
    {
        if (message.Headers.GetValueOrDefault(IdHeader) is not { Length: > 0 } id || message.Headers.GetValueOrDefault(TimeHeader) is not { } stamp || message.Headers.GetValueOrDefault(SignatureHeader) is not { } signatures)
            return $"It is not signed: {IdHeader}, {TimeHeader} and {SignatureHeader} are needed.";
        if (!long.TryParse(stamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs(now.ToUnixTimeSeconds() - (double)seconds) > s_tolerance.TotalSeconds)
            return "It was signed too long ago, or its clock is wrong.";
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{stamp}."), .. message.Body.Span];
        var expected = $"v1,{Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret)!, signed))}";
        return signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(s => IsEqual(s, expected)) ? null : "Its signature does not fit.";
    }

    private static byte[]? KeyOf(string secret)
    {
        if (!secret.StartsWith(KeyPrefix, StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(secret);
        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[KeyPrefix.Length..], key, out var length) ? key[..length] : null;
    }

    private static bool IsEqual(string? given, string expected) =>
        given is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));

    private static bool TryReadBody(WebhookMessage message, out object? body)
    {
        var type = message.Headers.GetValueOrDefault("Content-Type")?.Split(';')[0].Trim().ToLowerInvariant() ?? "";
        body = null;
        if (message.Body.IsEmpty)
            return true;
        if (type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal))
        {
            try
            {
                using var document = JsonDocument.Parse(message.Body, s_json);
                body = PlainData.FromJson(document.RootElement);
                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }

        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(message.Body.Span);
        }
        catch (DecoderFallbackException)
        {
            body = Convert.ToBase64String(message.Body.Span);
            return true;
        }

        if (type == "application/x-www-form-urlencoded")
        {
            var form = HttpUtility.ParseQueryString(text);
            body = form.AllKeys.OfType<string>().ToDictionary(k => k, k => (object?)form[k]);
            return true;
        }

        body = text;
        return true;
    }
}
