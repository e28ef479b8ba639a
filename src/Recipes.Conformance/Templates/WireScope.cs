namespace Recipes.Conformance;

/// <summary>What the kit knows when it works out what a credential template should have become.</summary>
internal sealed class WireScope
{
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Tokens { get; init; } = new Dictionary<string, string>();
    public (string Id, string? Secret)? Client { get; init; }

    /// <summary>Bytes, as a hash that goes into another one is no text.</summary>
    public Dictionary<string, byte[]> Values { get; } = [];
    public ReceivedRequest? Request { get; init; }
    public required DateTimeOffset Now { get; init; }

    /// <summary>The value at a path; null when there is none.</summary>
    public byte[]? Find(string root, string name) => root switch
    {
        "values" => Values.GetValueOrDefault(name),
        "request" when name == "body" => Request?.Body,
        _ => FindText(root, name) is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : null,
    };

    private string? FindText(string root, string name) => root switch
    {
        "fields" => Fields.GetValueOrDefault(name),
        "secrets" => Secrets.GetValueOrDefault(name),
        "tokens" => Tokens.GetValueOrDefault(name),
        "client" => name == "id" ? Client?.Id : Client?.Secret,
        "request" => OfRequest(name),
        _ => null,
    };

    private string? OfRequest(string name) => Request is not { } request ? null : name switch
    {
        "method" => request.Method,
        "scheme" => request.Origin.Split("://")[0],
        "host" => request.Origin.Split("://")[1],
        "path" => request.RawPath,
        "query" => request.RawQuery,
        "pathAndQuery" => request.Target,
        "url" => request.Origin + request.Target,
        _ => null,
    };
}
