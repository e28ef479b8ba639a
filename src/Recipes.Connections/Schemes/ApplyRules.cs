namespace Recipes.Connections;

/// <summary>What is put on every request: headers, query parameters, members of the body, a piece of the path. An entry that comes out empty is left out.</summary>
public sealed record ApplyRules
{
    /// <summary>Values computed once per request in this order, for the templates below: <c>values.name</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Values { get; init; } = [];
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Headers { get; init; } = [];
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Query { get; init; } = [];

    /// <summary>Members of a JSON object, or fields of a form.</summary>
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Body { get; init; } = [];

    /// <summary>Goes between the base address and the path of the request: <c>/bot{{secrets.token}}</c>.</summary>
    public CredentialTemplate? Path { get; init; }

    public IEnumerable<CredentialTemplate> Templates =>
        Values.Concat(Headers).Concat(Query).Concat(Body).Select(t => t.Value).Concat(Path is null ? [] : [Path]);

    /// <summary>Whether the client's secret itself goes along with requests.</summary>
    public bool ReadsClientSecret => Templates.Any(t => t.Paths.Contains(("client", "secret")));

    /// <summary>Whether a header may be called that (RFC 9110 §5.1).</summary>
    public static bool IsHeader(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    /// <summary>Whether anything of it reads from <paramref name="root"/>, for instance <c>tokens</c>.</summary>
    public bool Reads(string root) => Templates.Any(t => t.Paths.Any(p => p.Root == root));
}
