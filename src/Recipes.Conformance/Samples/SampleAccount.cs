using System.Security.Cryptography;

namespace Recipes.Conformance;

/// <summary>Made-up values for everything that a definition and a connection under one scheme have to say.</summary>
internal sealed class SampleAccount
{
    private readonly ConnectorProfile _connector;

    public SampleAccount(ConnectorProfile connector, AuthScheme scheme, StandInAuthority authority)
    {
        _connector = connector;
        Keys = KeyMaterial.Of(scheme, authority);
        var all = connector.FieldSetOf(scheme);
        // A condition hangs on a field before or after it: twice sees both.
        foreach (var field in connector.FieldsOf(scheme).Concat(connector.FieldsOf(scheme)).Where(f => !f.Automatic))
        {
            if (Fields.ContainsKey(field.Name) || Secrets.ContainsKey(field.Name) || !all.IsAsked(field, Fields))
                continue;
            if (field.Kind == FieldKind.Secret)
            {
                if (Keys.Fields.GetValueOrDefault(field.Name) is { } key)
                    Secrets[field.Name] = key;
                else if (Secret(field) is { } secret)
                    Secrets[field.Name] = secret;
                else
                    Faults.Add($"No value can be made for the secret field '{field.Name}': its pattern {field.Pattern} could not be read.");
            }
            else if (Plain(field) is { } value)
            {
                Fields[field.Name] = value;
            }
            else if (field.Required)
            {
                Faults.Add($"No value can be made for the field '{field.Name}': give it an example.");
            }
        }

        if (scheme.NeedsClient)
            Client = ($"client-{RandomText(8)}", Keys.ClientSecret ?? $"s3cret+/{RandomText(20)}");
    }

    /// <summary>Plain values by field.</summary>
    public Dictionary<string, string> Fields { get; } = [];

    /// <summary>Secret values by field.</summary>
    public Dictionary<string, string> Secrets { get; } = [];

    public KeyMaterial Keys { get; }

    /// <summary>The client registered at the provider; null where the scheme needs none.</summary>
    public (string Id, string? Secret)? Client { get; set; }

    /// <summary>Fields for which no value could be made.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>The values that an author fixes: those that addresses are made of to which the client's secret goes.</summary>
    public Dictionary<string, string> Presets(AuthScheme scheme)
    {
        var free = scheme.NeedsClient ? _connector.AddressesOf(scheme).Where(a => a.TakesClientSecret).SelectMany(a => a.Template.Fields).ToHashSet() : [];
        return Fields.Where(f => free.Contains(f.Key)).ToDictionary();
    }

    /// <summary>The same account with other secrets.</summary>
    public Dictionary<string, string> OtherSecrets(AuthScheme scheme) =>
        _connector.FieldsOf(scheme).Where(f => Secrets.ContainsKey(f.Name)).ToDictionary(f => f.Name, f => Keys.Fields.ContainsKey(f.Name) ? Secrets[f.Name] : Secret(f) ?? Secrets[f.Name]);

    public static string RandomText(int length) => RandomNumberGenerator.GetHexString(length, lowercase: true);

    private static string? Secret(Field field) =>
        field.Pattern is null ? $"kit-{RandomText(24)}" : PatternSample.One(field.Pattern, RandomNumberGenerator.GetInt32(int.MaxValue / 2));

    private static string? Plain(Field field)
    {
        if (field.Default is { Length: > 0 } usual)
            return usual;
        if (field.Choices.Count > 0)
            return field.Choices[0].Value;
        if (field.Example is { } example && (field.Pattern is null || PatternSample.Fits(field.Pattern, example)) && (field.Kind != FieldKind.Url || Uri.TryCreate(example, UriKind.Absolute, out _)))
            return example;
        if (field.Pattern is not null)
            return PatternSample.One(field.Pattern);
        // What nobody has to fill in and nothing is known about stays out.
        if (!field.Required)
            return field.Default;
        return field.Kind switch
        {
            FieldKind.Url => $"https://{field.Name.ToLowerInvariant()}.stand-in.example",
            FieldKind.Number => (field.Min ?? field.Max ?? 42).ToString(System.Globalization.CultureInfo.InvariantCulture),
            FieldKind.Boolean => "true",
            _ when field.Format == FieldFormat.Hostname => $"{field.Name.ToLowerInvariant()}.stand-in.example",
            _ when field.Format == FieldFormat.Email => "kit@stand-in.example",
            _ when field.Format == FieldFormat.Uuid => "123e4567-e89b-12d3-a456-426614174000",
            _ => $"{field.Name.ToLowerInvariant()}-1",
        };
    }
}
