using System.Globalization;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>A token reply. What it is shows in itself: providers send forms as text/html, text/plain or JSON. Holds secrets; lives in memory only.</summary>
/// <remarks>Source: RFC 5849 §2.1 and §2.3, which want a form.</remarks>
internal sealed class OAuth1ReplyBody
{
    private readonly Dictionary<string, string> _form = [];
    private readonly JsonElement? _json;
    private readonly Dictionary<string, string> _headers;

    public OAuth1ReplyBody(string body, HttpResponseMessage response)
    {
        _headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        var text = body.Trim();
        if (text.StartsWith('{'))
            _json = Parse(text);
        else
            ReadForm(text);
    }

    public string? Token => Read("oauth_token");

    public string? TokenSecret => Read("oauth_token_secret");

    /// <summary>Whether the provider took our callback address: one that did not speaks OAuth 1.0 without its correction.</summary>
    public bool CallbackConfirmed => string.Equals(Read("oauth_callback_confirmed"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>How long the token lives; null when the provider does not say, or 0 for ever.</summary>
    /// <remarks>Source: the OAuth Session extension, oauth_expires_in in seconds.</remarks>
    public TimeSpan? LifeSpan =>
        int.TryParse(Read("oauth_expires_in"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>A parameter of the form, or a text or number at a dotted path in JSON; null when there is none.</summary>
    public string? Read(string path)
    {
        if (_json is not { } json)
            return _form.GetValueOrDefault(path);
        return JsonPath.Find(json, path.Split('.')) is { ValueKind: JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } value ? value.ToString() : null;
    }

    /// <param name="callback">Parameters of the callback before it; null where there was none.</param>
    public CapturedValues Capture(IReadOnlyList<Capture> captures, IReadOnlyDictionary<string, string>? callback = null) => Captures.Take(captures, capture => capture.From switch
    {
        CaptureSource.TokenReply => (true, Read(capture.Path)),
        CaptureSource.TokenHeader => (true, _headers.GetValueOrDefault(capture.Path)),
        CaptureSource.Callback => (true, callback?.GetValueOrDefault(capture.Path)),
        _ => (false, null),
    });

    private void ReadForm(string text)
    {
        foreach (var pair in text.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                _form.TryAdd(Decode(pair[..equals]), Decode(pair[(equals + 1)..]));
        }
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' ')).Trim();

    private static JsonElement? Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
