using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a whole connector file, version 1.</summary>
internal static class ConnectorReader
{
    private static readonly string[] s_takenPrefixes = ["Elsa", "Recipes"];
    private static readonly Dictionary<string, Tried> s_tried = new() { ["live"] = Tried.Live, ["notLive"] = Tried.NotLive };

    /// <summary>The connector, or null with at least one fault in <paramref name="file"/>.</summary>
    public static Connector? Read(ConnectorFile file, string text, bool isBuiltIn, TimeProvider time, IReadOnlyList<ICodeAuthentication> code)
    {
        if (file.Parse(text) is not { } root)
            return null;
        var map = new YamlMap(file, root, Shape.Connector);
        if (map.Text("connector", required: true) is { } version && version != "1")
            map.Fault("connector", $"the version of the format is 1, not '{version}'.");
        var name = map.Text("name", required: true) ?? "";
        if (name.Length > 0 && !Names.IsDashed(name))
            map.Fault("name", $"'{name}' cannot be a connector's name: small letters, digits and single dashes, such as 'sandbox-crm'.");
        var typePrefix = Names.ToPascal(name);
        if (s_takenPrefixes.Contains(typePrefix, StringComparer.OrdinalIgnoreCase))
            map.Fault("name", $"'{name}' is taken: the types of the engine's own activities start with it.");

        var fields = FieldReader.Read(map, []);
        var headers = new CredentialNames(new FieldNames(fields), "fields").ReadMap(map, "headers");
        var schemes = new SchemeReader(fields, code).Read(map).ConvertAll(s => WithHeaders(s, headers));
        // What is no field of every scheme has no value for some connections.
        var common = new FieldNames(fields.Concat(schemes.Count == 0 ? [] : schemes[0].Fields.Where(f => schemes.TrueForAll(s => s.Fields.Any(o => o.Name == f.Name)))));
        var baseAddress = map.Address("baseAddress", common, required: true);
        if (baseAddress is { Source: var source } && !baseAddress.Fields.Any() && !(Uri.TryCreate(source, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https")))
            map.Fault("baseAddress", $"'{source}' is no absolute http or https address.");
        var profile = new ConnectorProfile
        {
            Name = name,
            DisplayName = map.Text("displayName", required: true) ?? name,
            Description = map.Text("description"),
            Documentation = map.WebAddress("docs"),
            Tried = map.Choice("tried", s_tried, Tried.NotLive),
            BaseAddress = baseAddress ?? FieldTemplate.Parse(""),
            Fields = fields,
            Schemes = schemes,
            Probe = ProbeReader.Read(map, common),
            Errors = ErrorRuleReader.Read(map),
            RateLimits = RateLimitReader.Read(map),
            CheckEvery = ReadCheckEvery(map),
            SeveralPerRecipe = map.Flag("severalPerRecipe", otherwise: false),
        };
        var idempotencyHeader = ActionReader.ReadIdempotencyHeader(map);
        var actions = new ActionReader(profile, typePrefix, common, idempotencyHeader, time).Read(map);
        actions.Add(new SendRequestAction(typePrefix, profile, idempotencyHeader, time));
        var triggers = new TriggerReader(profile, typePrefix, common).Read(map, actions);
        ActionReader.CheckOptions(map, actions, "actions", "triggers");
        triggers.Add(new NewRecordsTrigger(typePrefix, profile));
        return file.Faults.Count > 0 ? null : new Connector { Profile = profile, TypePrefix = typePrefix, Actions = actions, Triggers = triggers, IsBuiltIn = isBuiltIn };
    }

    private static TimeSpan? ReadCheckEvery(YamlMap map)
    {
        var every = map.Seconds("checkEvery");
        if (every < RevalidationOptions.Shortest)
            map.Fault("checkEvery", $"'checkEvery' is in seconds and at least {RevalidationOptions.Shortest.TotalSeconds}.");
        return every;
    }

    // What the scheme itself puts on requests goes before what the connector does.
    private static AuthScheme WithHeaders(AuthScheme scheme, List<KeyValuePair<string, CredentialTemplate>> headers)
    {
        if (headers.Count == 0)
            return scheme;
        var own = scheme.Apply ?? new ApplyRules();
        var missing = headers.Where(h => !own.Headers.Any(o => string.Equals(o.Key, h.Key, StringComparison.OrdinalIgnoreCase)));
        return scheme with { Apply = own with { Headers = [.. own.Headers, .. missing] } };
    }
}
