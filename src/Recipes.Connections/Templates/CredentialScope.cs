namespace Recipes.Connections;

/// <summary>What a <see cref="CredentialTemplate"/> may read while it is rendered.</summary>
public sealed class CredentialScope(SchemeInputs inputs)
{
    private DateTimeOffset? _now;

    public SchemeInputs Inputs { get; } = inputs;

    /// <summary>The request being authenticated; null where there is none.</summary>
    public HttpRequestMessage? Request { get; init; }

    /// <summary>The request's body; empty when it has none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Values named before, by name: <c>values.name</c>.</summary>
    public Dictionary<string, string> Values { get; } = [];

    /// <summary>Those of <see cref="Values"/> that hold bytes which are no text, for hashing.</summary>
    internal Dictionary<string, byte[]> Raw { get; } = [];

    /// <summary>The moment of this rendering, the same for all templates of one request.</summary>
    public DateTimeOffset Now => _now ??= Inputs.Time.GetUtcNow();

    /// <summary>The value at a path such as <c>fields.host</c>; null when it has none.</summary>
    internal string? Find(string root, string name) => root switch
    {
        "fields" => Inputs.Fields.GetValueOrDefault(name),
        "secrets" => Inputs.Credential.Secrets.GetValueOrDefault(name)?.Reveal(),
        "tokens" => Token(name),
        "client" => name == "id" ? Inputs.Client?.Id : name == "secret" ? Inputs.Client?.Secret?.Reveal() : null,
        "values" => Values.GetValueOrDefault(name),
        "request" => OfRequest(name),
        _ => null,
    };

    private string? Token(string name) => Inputs.Credential.Tokens is not { } tokens ? null : name switch
    {
        "accessToken" => tokens.AccessToken.Reveal(),
        "refreshToken" => tokens.RefreshToken?.Reveal(),
        _ => tokens.Values.GetValueOrDefault(name)?.Reveal(),
    };

    private string? OfRequest(string name) => Request?.RequestUri is not { } address ? null : name switch
    {
        "method" => Request.Method.Method,
        "scheme" => address.Scheme,
        "host" => address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}",
        "path" => address.AbsolutePath,
        "query" => address.Query.Length > 1 ? address.Query[1..] : "",
        "pathAndQuery" => address.PathAndQuery,
        "url" => address.AbsoluteUri,
        "body" => System.Text.Encoding.UTF8.GetString(Body.Span),
        _ => null,
    };
}
