using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Connections;

/// <summary>Adds parameters to the address or the body of a request.</summary>
internal static class RequestParts
{
    /// <summary>Adds to the query what is not in it yet: a request that is sent once more gets nothing twice.</summary>
    public static void AddQuery(HttpRequestMessage request, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var address = request.RequestUri!;
        var query = new StringBuilder(address.Query.Length > 1 ? address.Query[1..] : "");
        foreach (var (name, value) in pairs)
        {
            var pair = $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";
            if ($"&{query}&".Contains($"&{pair}&", StringComparison.Ordinal))
                continue;
            if (query.Length > 0)
                query.Append('&');
            query.Append(pair);
        }

        request.RequestUri = new UriBuilder(address) { Query = query.ToString() }.Uri;
    }

    /// <summary>Adds to a JSON object or a form; a request without a body gets a JSON object, where its method allows one.</summary>
    /// <exception cref="FormatException">When the body is something else.</exception>
    public static async ValueTask AddToBodyAsync(HttpRequestMessage request, IEnumerable<KeyValuePair<string, string>> pairs, CancellationToken cancellationToken)
    {
        var text = request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken) : "";
        var type = request.Content?.Headers.ContentType?.MediaType;
        if (request.Content is null && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head))
            return;
        if (type == "application/x-www-form-urlencoded")
        {
            var form = new StringBuilder(text);
            foreach (var (name, value) in pairs)
            {
                var pair = $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";
                if ($"&{form}&".Contains($"&{pair}&", StringComparison.Ordinal))
                    continue;
                form.Append(form.Length > 0 ? "&" : "").Append(pair);
            }

            request.Content = new StringContent(form.ToString(), Encoding.UTF8, type);
            return;
        }

        var body = ParseObject(text) ?? throw new FormatException("A key in the body needs a JSON object or a form to go into.");
        foreach (var (name, value) in pairs)
            body[name] = value;
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" } } };
    }

    private static JsonObject? ParseObject(string text)
    {
        try
        {
            return text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
