using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Connections;

/// <summary>A request to an endpoint of OAuth 2.0 while it is put together: parameters, headers, and what of them nobody may see.</summary>
/// <param name="what">The endpoint in words, as a sentence begins.</param>
internal sealed class OAuth2Request(Uri address, string what)
{
    private readonly List<KeyValuePair<string, string>> _parameters = [];
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase) { ["Accept"] = "application/json" };
    private readonly List<Secret> _secrets = [];

    public Uri Address => address;
    public string What => what;
    public HttpMethod Method { get; private set; } = HttpMethod.Post;
    public TokenRequestBody Body { get; private set; }

    /// <summary>The certificate that it is sent with; null for none.</summary>
    public ClientCertificate? Certificate { get; set; }
    public IReadOnlyList<KeyValuePair<string, string>> Parameters => _parameters;
    public IReadOnlyDictionary<string, string> Headers => _headers;

    /// <summary>A parameter that anybody may see.</summary>
    public void Add(string name, string value) => _parameters.Add(new(name, value));

    public void AddSecret(string name, string value)
    {
        Hide(value);
        Add(name, value);
    }

    public void SetHeader(string name, string value)
    {
        ApplyAuthenticator.CheckHeader(name, value);
        _headers[name] = value;
    }

    /// <summary>This text must show up in no message about the request.</summary>
    public void Hide(string value)
    {
        if (value.Length > 0)
            _secrets.Add(new(value));
    }

    /// <summary>What a connector declares about such requests: it goes over everything that is there already.</summary>
    /// <exception cref="FormatException">When something it needs has no value, or cannot be in a header.</exception>
    public void Follow(TokenRequestRules rules, CredentialScope scope)
    {
        (Method, Body) = (rules.Method, rules.Method == HttpMethod.Get ? TokenRequestBody.Query : rules.Body);
        foreach (var (name, template) in rules.Parameters)
        {
            var at = _parameters.FindIndex(p => p.Key == name);
            _parameters.RemoveAll(p => p.Key == name);
            if (Render(template, scope) is { } value)
                _parameters.Insert(at < 0 ? _parameters.Count : at, new(name, value));
        }

        foreach (var name in rules.Omit)
            _parameters.RemoveAll(p => p.Key == name);
        foreach (var (name, template) in rules.Headers)
        {
            if (Render(template, scope) is { } value)
                SetHeader(name, value);
        }
    }

    /// <summary>Takes out of a text whatever of the request is secret.</summary>
    public Redactor CreateRedactor() => new(_secrets);

    /// <summary>The request as it goes out; each call makes a new one.</summary>
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(Method, address);
        switch (Body)
        {
            case TokenRequestBody.Form: message.Content = new FormUrlEncodedContent(_parameters); break;
            case TokenRequestBody.Json: message.Content = JsonContent(); break;
            case TokenRequestBody.Query:
                RequestParts.AddQuery(message, _parameters);
                if (Method != HttpMethod.Get)
                    message.Content = new ByteArrayContent([]);
                break;
            default: throw new InvalidOperationException($"Unknown body {Body}.");
        }

        foreach (var (name, value) in _headers)
        {
            if (message.Headers.TryAddWithoutValidation(name, value) || message.Content is not { } content)
                continue;
            content.Headers.Remove(name);
            content.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private string? Render(CredentialTemplate template, CredentialScope scope)
    {
        var value = template.RenderOrNull(scope);
        if (value is not null && template.Paths.Any(p => p.Root is "secrets" or "tokens" || p is ("client", "secret")))
            Hide(value);
        return value;
    }

    // One value is a text, several of one name are a list.
    private ByteArrayContent JsonContent()
    {
        var json = new JsonObject();
        foreach (var group in _parameters.GroupBy(p => p.Key))
            json[group.Key] = group.Count() == 1 ? group.First().Value : new JsonArray([.. group.Select(p => (JsonNode)p.Value)]);
        return new(JsonSerializer.SerializeToUtf8Bytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }
}
