using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Connections;

internal sealed class ApiKeyHeaderAuthenticator : RequestAuthenticator
{
    private readonly string _name;
    private readonly string _value;

    public ApiKeyHeaderAuthenticator(string name, string value)
    {
        (_name, _value) = (name, value);
        using var sample = new HttpRequestMessage();
        if (!IsHeaderName(name, sample))
            throw new FormatException($"'{name}' is no name for a request header.");
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new FormatException("The key has a character that a header cannot carry, such as a line break or a letter beyond ASCII.");
    }

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Remove(_name);
        request.Headers.TryAddWithoutValidation(_name, _value);
        return ValueTask.CompletedTask;
    }

    public override void Withdraw(HttpRequestMessage request) => request.Headers.Remove(_name);

    private static bool IsHeaderName(string name, HttpRequestMessage sample) => name.Length > 0 && sample.Headers.TryAddWithoutValidation(name, "x");
}

internal sealed class ApiKeyQueryAuthenticator(string name, string key) : RequestAuthenticator
{
    private readonly string _pair = $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(key)}";

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The address was made absolute before; a retry after a 401 must not add the key twice.
        var address = request.RequestUri!;
        if (!address.Query.Contains(_pair, StringComparison.Ordinal))
            request.RequestUri = new UriBuilder(address) { Query = address.Query.Length > 1 ? $"{address.Query[1..]}&{_pair}" : _pair }.Uri;
        return ValueTask.CompletedTask;
    }
}

internal sealed class ApiKeyBodyAuthenticator(string name, string key) : RequestAuthenticator
{
    public override async ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var content = request.Content;
        var type = content?.Headers.ContentType?.MediaType;
        if (content is null)
        {
            if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
                request.Content = Json(new JsonObject());
            return;
        }

        var text = await content.ReadAsStringAsync(cancellationToken);
        if (type == "application/x-www-form-urlencoded")
        {
            var pair = $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(key)}";
            if (!text.Contains(pair, StringComparison.Ordinal))
                request.Content = new StringContent(text.Length == 0 ? pair : $"{text}&{pair}", Encoding.UTF8, type);
        }
        else
        {
            request.Content = Json(ParseObject(text) ?? throw new FormatException("A key in the body needs a JSON object or a form to go into."));
        }
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

    private ByteArrayContent Json(JsonObject body)
    {
        body[name] = key;
        return new(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" } } };
    }
}
