using System.Globalization;
using System.Security.Cryptography;
using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads how the deliveries of a webhook are signed.</summary>
internal static class SignatureReader
{
    // Which keys go with which scheme.
    private static readonly Dictionary<string, string[]> s_schemes = new()
    {
        ["hmac"] = ["algorithm", "content", "key", "encoding", "header", "prefix", "part", "separator", "idHeader", "timestamp"],
        ["token"] = ["header", "query", "bodyPath", "prefix"],
        ["basic"] = ["userName"],
        ["standard"] = [],
        ["none"] = [],
    };

    private static readonly Dictionary<string, HashAlgorithmName> s_algorithms = new() { ["sha1"] = HashAlgorithmName.SHA1, ["sha256"] = HashAlgorithmName.SHA256, ["sha512"] = HashAlgorithmName.SHA512 };
    private static readonly Dictionary<string, HmacKey> s_keys = Enum.GetValues<HmacKey>().ToDictionary(k => k.ToString().ToLowerInvariant());
    private static readonly Dictionary<string, bool> s_encodings = new() { ["hex"] = false, ["base64"] = true };
    private static readonly Dictionary<string, TimestampUnit> s_units = Enum.GetValues<TimestampUnit>().ToDictionary(u => u.ToString().ToLowerInvariant());

    public static IReadOnlyCollection<string> Schemes => s_schemes.Keys;
    public static IReadOnlyCollection<string> Algorithms => s_algorithms.Keys;
    public static IReadOnlyCollection<string> Keys => s_keys.Keys;
    public static IReadOnlyCollection<string> Encodings => s_encodings.Keys;
    public static IReadOnlyCollection<string> Units => s_units.Keys;

    /// <summary>The member <c>signature</c> of a webhook; null, with a fault, when it is wrong.</summary>
    public static DeliverySignature? Read(YamlMap trigger)
    {
        if (!trigger.Has("signature"))
            trigger.Fault("signature", "'signature' is missing: how deliveries are known to be genuine. Say 'signature: { scheme: none }' where the app signs nothing.");
        if (trigger.Map("signature", Shape.Signature) is not { } map)
            return null;
        var scheme = map.Choice("scheme", s_schemes.ToDictionary(s => s.Key, s => s.Key), "", required: true);
        if (scheme.Length == 0)
            return null;
        foreach (var (key, _) in map.Members.Where(m => m.Key != "scheme" && !s_schemes[scheme].Contains(m.Key)))
            map.Fault(key, $"'{key}' does not go with the scheme {scheme}.");
        return scheme switch
        {
            "hmac" => ReadHmac(map),
            "token" => ReadToken(map),
            "basic" => map.Text("userName", required: true) is { } user ? new BasicSignature(user) : null,
            "standard" => DeliverySignature.Standard,
            _ => DeliverySignature.None,
        };
    }

    private static TokenSignature? ReadToken(YamlMap map)
    {
        var places = new[] { "header", "query", "bodyPath" }.Where(map.Has).ToList();
        if (places.Count != 1)
        {
            map.File.Fault(map.Node, "a token is in one place: 'header', 'query' or 'bodyPath'.");
            return null;
        }

        return new(Header(map, "header"), map.Text("query"), map.Text("bodyPath") is { } path ? DottedPath.Parse(path) : null, map.Text("prefix") ?? "");
    }

    private static HmacSignature? ReadHmac(YamlMap map)
    {
        if (!map.Has("header"))
            map.Fault("header", "'header' is missing: it holds the signature.");
        var header = Header(map, "header");
        var (part, prefix, separator) = (map.Text("part"), map.Text("prefix"), map.Text("separator"));
        if (part is not null && prefix is not null)
            map.Fault("prefix", "a part is told by its name: 'prefix' goes with a signature that stands alone.");
        if (separator is { Length: not 1 })
            map.Fault("separator", "'separator' should be one character.");
        var source = map.Text("content") ?? "{{body}}";
        if (!SignedContent.TryParse(source, Header(map, "idHeader"), out var content, out var error))
            map.Fault("content", error!);
        var timestamp = ReadTimestamp(map, part);
        if (content is not null && content.Has("timestamp") != (timestamp is not null && timestamp.BodyPath is null))
        {
            map.Fault(content.Has("timestamp") ? "content" : "timestamp", content.Has("timestamp")
                ? "'{{timestamp}}' needs 'timestamp', outside of the body."
                : "the time is not signed: put '{{timestamp}}' into 'content', or anybody could change it.");
        }

        var (algorithm, key, isBase64) = (map.Choice("algorithm", s_algorithms, HashAlgorithmName.SHA256), map.Choice("key", s_keys, HmacKey.Text), map.Choice("encoding", s_encodings, false));
        return header is null || content is null ? null : new()
        {
            Algorithm = algorithm,
            Content = content,
            Header = header,
            Key = key,
            IsBase64 = isBase64,
            Prefix = part is null ? prefix ?? "" : $"{part}=",
            Separator = separator is [var given] ? given : part is null ? null : ',',
            Timestamp = timestamp,
        };
    }

    private static SignatureTimestamp? ReadTimestamp(YamlMap signature, string? part)
    {
        if (signature.Map("timestamp", Shape.SignatureTimestamp) is not { } map)
            return null;
        if (new[] { "header", "part", "bodyPath" }.Count(map.Has) != 1)
            map.File.Fault(map.Node, "the time is in one place: 'header', 'part' or 'bodyPath'.");
        else if (map.Has("part") && part is null)
            map.Fault("part", "the time is a part where the signature is one: say 'part' there too.");
        var seconds = map.Seconds("tolerance");
        if (seconds > TimeSpan.FromDays(1))
            map.Fault("tolerance", string.Create(CultureInfo.InvariantCulture, $"'tolerance' is in seconds, {TimeSpan.FromDays(1).TotalSeconds} at most."));
        return new(Header(map, "header"), map.Text("part"), map.Text("bodyPath") is { } path ? DottedPath.Parse(path) : null, map.Choice("unit", s_units, TimestampUnit.Seconds), seconds ?? HmacSignature.UsualTolerance);
    }

    private static string? Header(YamlMap map, string key)
    {
        if (map.Text(key) is not { } header)
            return null;
        if (!ApplyRules.IsHeader(header))
            map.Fault(key, $"'{header}' is no name of a header.");
        return header;
    }
}
