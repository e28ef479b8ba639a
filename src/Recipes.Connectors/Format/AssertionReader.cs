using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads how a signed assertion is made.</summary>
internal static class AssertionReader
{
    private static readonly Dictionary<string, string> s_algorithms = SigningKey.Algorithms.ToDictionary(a => a);

    private static readonly Dictionary<string, KeyEncoding> s_encodings = new() { ["text"] = KeyEncoding.Text, ["hex"] = KeyEncoding.Hex, ["base64"] = KeyEncoding.Base64 };

    /// <summary>How shared secrets may be written, as files name it.</summary>
    public static IReadOnlyCollection<string> Encodings => s_encodings.Keys;

    public static AssertionRules? Read(YamlMap owner, string key, FieldNames fields)
    {
        if (owner.Map(key, Shape.Assertion) is not { } map)
            return null;
        var names = new CredentialNames(fields, "fields", "secrets", "client");
        var keyField = map.Text("keyField");
        if (keyField is not null && !fields.IsSecret(keyField))
            map.Fault("keyField", $"'{keyField}' is no secret field of this scheme: declare it, of kind secret.");
        var rules = new AssertionRules
        {
            Algorithm = map.Choice("algorithm", s_algorithms, "RS256"),
            KeyField = keyField,
            KeyEncoding = map.Choice("keyEncoding", s_encodings, KeyEncoding.Text),
            KeyId = names.Read(map, "keyId"),
            Issuer = names.Read(map, "issuer"),
            Subject = names.Read(map, "subject"),
            Audience = names.Read(map, "audience"),
            ScopeClaim = map.Text("scopeClaim"),
            Claims = names.ReadMap(map, "claims"),
            Header = names.ReadMap(map, "header"),
            Lifetime = map.Seconds("lifetime") ?? TimeSpan.FromMinutes(1),
        };
        if (rules.KeyEncoding != KeyEncoding.Text && !rules.Algorithm.StartsWith("HS", StringComparison.Ordinal))
            map.Fault("keyEncoding", "'keyEncoding' goes with the algorithms HS256, HS384 and HS512: other keys are PEM or JWK.");
        if (rules.Lifetime < TimeSpan.FromSeconds(10) || rules.Lifetime > TimeSpan.FromHours(1))
            map.Fault("lifetime", "an assertion lives 10 to 3600 seconds.");
        return rules;
    }
}
