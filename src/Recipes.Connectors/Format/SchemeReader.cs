using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads the ways in which a connector authenticates. Each type of scheme has a reader of its own.</summary>
internal sealed class SchemeReader(IReadOnlyList<Field> shared, IReadOnlyList<ICodeAuthentication> code)
{
    private static readonly Dictionary<string, Func<SchemeMap, AuthScheme?>> s_readers = new()
    {
        ["oauth2"] = OAuth2Reader.Read,
        ["oauth1"] = OAuth1Reader.Read,
        ["basic"] = BasicReader.Read,
        ["digest"] = DigestReader.Read,
        ["apiKey"] = ApiKeyReader.Read,
        ["custom"] = CustomReader.Read,
        ["login"] = LoginReader.Read,
        ["jwt"] = JwtReader.Read,
        ["awsSignature"] = AwsSignatureReader.Read,
        ["code"] = CodeReader.Read,
        ["none"] = NoneReader.Read,
    };

    /// <summary>The types as files write them.</summary>
    public static IReadOnlyCollection<string> Types => s_readers.Keys;

    public List<AuthScheme> Read(YamlMap connector)
    {
        var schemes = new List<AuthScheme>();
        if (!connector.Has("schemes"))
            connector.Fault("schemes", "'schemes' is missing: a connector has at least one way to authenticate.");
        foreach (var loose in connector.Maps("schemes", null))
        {
            if (loose.Text("type", required: true) is not { } type)
                continue;
            if (!s_readers.TryGetValue(type, out var read))
            {
                loose.Fault("type", $"'{type}' is no type of scheme{Suggestion.Hint(type, [.. s_readers.Keys])}{(Suggestion.Nearest(type, s_readers.Keys) is null ? "." : "")}");
                continue;
            }

            if (read(new SchemeMap(loose, shared, code)) is not { } scheme)
                continue;
            if (schemes.Exists(s => s.Name == scheme.Name))
                loose.Fault("name", $"there is a scheme '{scheme.Name}' already.");
            schemes.Add(scheme);
        }

        return schemes;
    }
}
