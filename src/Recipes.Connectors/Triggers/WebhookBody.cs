using System.Net;
using System.Text;
using System.Text.Json;

namespace Recipes.Connectors;

/// <summary>Reads the body of a delivery as plain data.</summary>
internal static class WebhookBody
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>JSON as data, a form as an object of its first values, anything else as text, an empty one as null.</summary>
    /// <param name="fault">Why it cannot be read, in a sentence.</param>
    public static bool TryRead(WebhookMessage message, out object? body, out string? fault)
    {
        (body, fault) = (null, null);
        if (message.Body.IsEmpty)
            return true;
        var type = message.Headers.GetValueOrDefault("Content-Type")?.Split(';')[0].Trim() ?? "";
        try
        {
            if (type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            {
                body = Form(message.Body).DistinctBy(p => p.Key).ToDictionary(p => p.Key, object? (p) => p.Value);
            }
            else if (type.Length == 0 || type.EndsWith("json", StringComparison.OrdinalIgnoreCase))
            {
                using var document = JsonDocument.Parse(message.Body);
                body = PlainData.FromJson(document.RootElement);
            }
            else
            {
                body = s_strict.GetString(message.Body.Span);
            }

            return true;
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException)
        {
            fault = error is JsonException ? "The body is not JSON, though it says so." : "The body is not text in UTF-8.";
            return false;
        }
    }

    /// <summary>Names and values of a form, in its order.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Form(ReadOnlyMemory<byte> body)
    {
        foreach (var pair in Encoding.UTF8.GetString(body.Span).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var end = pair.IndexOf('=', StringComparison.Ordinal);
            yield return new(WebUtility.UrlDecode(end < 0 ? pair : pair[..end]), end < 0 ? "" : WebUtility.UrlDecode(pair[(end + 1)..]));
        }
    }
}
