using System.Globalization;
using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads the triggers of a connector.</summary>
internal sealed class TriggerReader(ConnectorProfile profile, string typePrefix, FieldNames fields)
{
    private const string Poll = "poll";
    private const string Webhook = "webhook";
    private const int ShortestPause = 10;
    private const int LongestPause = 7 * 24 * 3600;

    // What the engine itself asks of every poll.
    private static readonly string[] s_takenInputs = ["every", "first"];

    private static readonly Dictionary<string, string> s_kinds = new() { [Poll] = Poll, [Webhook] = Webhook };
    private static readonly Dictionary<string, FirstPoll> s_firsts = Lower<FirstPoll>();
    private static readonly Dictionary<string, ListOrder> s_orders = Lower<ListOrder>();
    private static readonly Dictionary<string, CursorKind> s_cursors = Lower<CursorKind>();
    private static readonly Dictionary<string, MarkType> s_types = Lower<MarkType>();
    private static readonly Dictionary<string, WebhookSecretOrigin> s_origins = new() { ["ours"] = WebhookSecretOrigin.Ours, ["theirs"] = WebhookSecretOrigin.Theirs };

    public static IReadOnlyCollection<string> Firsts => s_firsts.Keys;
    public static IReadOnlyCollection<string> Orders => s_orders.Keys;
    public static IReadOnlyCollection<string> Cursors => s_cursors.Keys;
    public static IReadOnlyCollection<string> Types => s_types.Keys;
    public static IReadOnlyCollection<string> Origins => s_origins.Keys;

    /// <param name="actions">Whose types are taken.</param>
    public List<ConnectorTrigger> Read(YamlMap connector, IReadOnlyList<ConnectorAction> actions)
    {
        var triggers = new List<ConnectorTrigger>();
        foreach (var loose in connector.Maps("triggers", null))
        {
            var kind = loose.Choice("kind", s_kinds, "", required: true);
            if (kind.Length == 0)
                continue;
            var map = new YamlMap(loose.File, loose.Node, kind == Poll ? Shape.PollTrigger : Shape.WebhookTrigger);
            var name = map.Text("name", required: true) ?? "";
            var type = $"{typePrefix}.{name}";
            if (name.Length > 0 && !Names.IsPascal(name))
                map.Fault("name", $"'{name}' cannot be a trigger's name: letters and digits, a capital first, such as 'OpportunityCreated'.");
            else if (name == NewRecordsTrigger.TriggerName)
                map.Fault("name", $"every connector has '{name}' already.");
            else if (actions.Any(a => string.Equals(a.Type, type, StringComparison.OrdinalIgnoreCase)) || triggers.Exists(t => string.Equals(t.Type, type, StringComparison.OrdinalIgnoreCase)))
                map.Fault("name", $"there is an action or a trigger '{name}' already.");
            var inputs = ActionReader.ReadInputs(map);
            foreach (var input in inputs.Where(i => s_takenInputs.Contains(i.Name, StringComparer.OrdinalIgnoreCase)))
                map.Fault("inputs", $"an input cannot be called '{input.Name}': a recipe says by it how a trigger polls.");
            var common = new Common(
                type, map.Text("displayName") ?? Names.ToLabel(name.Length == 0 ? Poll : name), map.Text("description"), ActionReader.ReadScopes(map, profile), inputs);
            ConnectorTrigger? trigger = kind == Poll ? ReadPoll(map, common) : ReadWebhook(map, common);
            if (trigger is not null && name.Length > 0)
                triggers.Add(trigger);
        }

        return triggers;
    }

    private DeclaredPollTrigger? ReadPoll(YamlMap map, Common common)
    {
        var every = map.Seconds("every");
        if (every?.TotalSeconds is < ShortestPause or > LongestPause)
            map.Fault("every", $"'every' is in seconds, from {ShortestPause} to {LongestPause}.");
        var request = new RequestReader(common.Inputs, fields, DeclaredPollTrigger.Scope).Read(map);
        if (request is not null && request.Paths.FirstOrDefault(p => p is { Segments: ["cursor", _, ..] }) is { } wrong)
            map.Fault("request", $"'{wrong}' is nothing: the cursor is one value, {{{{cursor}}}}.");
        var list = map.Text("list", required: true);
        var recordId = ReadSource(map, "recordId", common.Inputs);
        if (!map.Has("recordId"))
            map.Fault("recordId", "'recordId' is missing: it tells records apart, so that none starts a recipe twice.");
        var pages = PaginationReader.Read(map);
        var order = map.Choice("order", s_orders, ListOrder.Unknown);
        var records = new RecordMapping(recordId, ReadSource(map, "recordVersion", common.Inputs), ReadOutputs(map, common.Inputs));
        var cursor = ReadCursor(map, recordId, request?.Paths.Any(p => p.Segments[0] == "cursor") == true);
        if (request is null || list is null || cursor is null)
            return null;
        return new(common.Type, common.DisplayName, common.Description, profile, common.Scopes, common.Inputs, every ?? TimeSpan.FromMinutes(5), map.Choice("first", s_firsts, FirstPoll.Now),
            request, new(DottedPath.Parse(list), map.Choice("format", ResponseReader.Xml, false), order, records, cursor, pages));
    }

    private static CursorRules? ReadCursor(YamlMap trigger, RecordMapping.Source? recordId, bool isSent)
    {
        if (!trigger.Has("cursor"))
            trigger.Fault("cursor", "'cursor' is missing: it says where the next poll goes on.");
        if (trigger.Map("cursor", Shape.Cursor) is not { } map)
            return null;
        var kind = map.Choice("kind", s_cursors, CursorKind.Maximum, required: true);
        var path = map.Text("path") is { } source ? DottedPath.Parse(source) : kind == CursorKind.LastId ? recordId?.Path : null;
        if (path is null)
            map.Fault("path", kind == CursorKind.LastId ? "'path' is missing: where a record has the id that is asked by." : $"'path' is missing: {(kind == CursorKind.Token ? "where the answer has the mark for the next poll" : "which field of a record grows")}.");
        foreach (var key in new[] { "type", "overlap" }.Where(k => kind != CursorKind.Maximum && map.Has(k)))
            map.Fault(key, $"'{key}' goes with maximum.");
        if (kind != CursorKind.Token && map.Has("address"))
            map.Fault("address", "'address' goes with token.");
        if (kind == CursorKind.Maximum && map.Has("more"))
            map.Fault("more", "'more' goes with token and lastId; 'pagination' has one of its own.");
        var isAddress = map.Flag("address", otherwise: false);
        if (kind != CursorKind.Maximum && !isSent && !isAddress)
            map.Fault("kind", "the request never tells the app where to go on: write {{cursor}} into it.");
        var type = map.Choice("type", s_types, MarkType.Date);
        var overlap = type is MarkType.Number or MarkType.Text ? 0m : CursorRules.UsualOverlap;
        if (map.Text("overlap") is { } text && (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out overlap) || overlap > 1_000_000_000))
            map.Fault("overlap", $"'overlap' should be a number from 0 on, not '{text}'.");
        if (type == MarkType.Text && overlap > 0)
            map.Fault("overlap", "text has no distances, so no overlap.");
        return path is null ? null : new(kind, path, type, overlap, isAddress, map.Text("more") is { } more ? DottedPath.Parse(more) : null, isSent);
    }

    private DeclaredWebhookTrigger? ReadWebhook(YamlMap map, Common common)
    {
        if (SignatureReader.Read(map) is not { } signature)
            return null;
        var secret = map.Map("secret", Shape.WebhookSecret);
        if (!signature.NeedsSecret && secret is not null)
            map.Fault("secret", "with the scheme none there is no secret.");
        var origin = !signature.NeedsSecret ? WebhookSecretOrigin.None : secret?.Choice("origin", s_origins, WebhookSecretOrigin.Ours) ?? WebhookSecretOrigin.Ours;
        var registration = ReadRegistration(map, common.Inputs, origin);
        if (registration is null && !map.Has("setup"))
            map.Fault("setup", "'register' and 'unregister' are missing, so a person sets it up: say in 'setup' where.");
        var recordId = ReadSource(map, "recordId", common.Inputs) ?? (signature == DeliverySignature.Standard ? s_standardId : null);
        var where = map.Text("where") is { } source ? new TemplateReader(common.Inputs, FieldNames.None, RecordMapping.Scope).Read(map.File, map.At("where"), source) : null;
        if (where is { IsSingleExpression: false })
            map.Fault("where", "'where' should be one {{expression}}, such as {{eq record.type 'created'}}.");
        return new(common.Type, common.DisplayName, common.Description, profile, common.Scopes, common.Inputs, signature, origin, secret?.Text("label") ?? "Signing secret", map.Text("setup"),
            ReadChallenge(map), registration, map.Text("list") is { } list ? DottedPath.Parse(list) : null, where,
            new(recordId, ReadSource(map, "recordVersion", common.Inputs), ReadOutputs(map, common.Inputs)));
    }

    private static readonly RecordMapping.Source s_standardId = new(null, Template.TryParse("{{headers.webhook-id}}", RecordMapping.Scope, out var id, out var error) ? id : throw new InvalidOperationException(error));

    private RegistrationRules? ReadRegistration(YamlMap trigger, IReadOnlyList<ActionInput> inputs, WebhookSecretOrigin origin)
    {
        if (trigger.Has("register") != trigger.Has("unregister"))
            trigger.Fault(trigger.Has("register") ? "register" : "unregister", "'register' and 'unregister' go together: what is registered is taken back.");
        if (trigger.Map("register", Shape.Register) is not { } map || trigger.Map("unregister", Shape.Unregister) is not { } back)
            return null;
        var register = new RequestReader(inputs, fields, RegistrationRules.RegisterScope).Read(map);
        var unregister = new RequestReader(inputs, fields, RegistrationRules.UnregisterScope).Read(back);
        if (register is null || unregister is null)
            return null;
        var (id, secret) = (map.Text("id"), map.Text("secret"));
        var keep = map.TextMap("keep");
        var hook = register.Paths.Where(p => p.Segments[0] == "hook").Select(p => p.Segments.ElementAtOrDefault(1)).ToHashSet();
        foreach (var unknown in hook.Where(h => h is not ("address" or "secret" or "id")))
            map.Fault("request", $"there is no hook.{unknown}: a registration tells hook.address, hook.secret and hook.id.");
        if (!hook.Contains("address"))
            map.Fault("request", "the app is never told where to call: write {{hook.address}} into it.");
        if (hook.Contains("secret") != (origin == WebhookSecretOrigin.Ours))
            map.Fault("request", origin == WebhookSecretOrigin.Ours ? "the secret is made here, but the app is never told: write {{hook.secret}} into it, or say 'secret: { origin: theirs }'." : "there is no hook.secret: the app makes the secret.");
        if (secret is not null && origin != WebhookSecretOrigin.Theirs)
            map.Fault("secret", "the answer brings a secret only where its origin is theirs.");
        foreach (var path in unregister.Paths.Where(p => p.Segments[0] == "registration"))
        {
            if (path.Segments.ElementAtOrDefault(1) is var name && !(name == "id" ? id is not null : name is not null && keep.ContainsKey(name)))
                back.Fault("request", $"'{path}' is not known: 'register' says by 'id' and 'keep' what of the answer is kept.");
        }

        return new(register, unregister, Path(id), Path(secret), Path(map.Text("expiresAt")), [.. keep.Select(k => KeyValuePair.Create(k.Key, (IReadOnlyList<string>)DottedPath.Parse(k.Value)))]);
    }

    private static ChallengeRules? ReadChallenge(YamlMap trigger)
    {
        if (trigger.Map("challenge", Shape.Challenge) is not { } map)
            return null;
        var templates = new TemplateReader([], FieldNames.None, ChallengeRules.Scope);
        var when = map.Text("when", required: true) is { } source ? templates.Read(map.File, map.At("when"), source) : null;
        if (when is { IsSingleExpression: false })
            map.Fault("when", "'when' should be one {{expression}}, such as {{eq body.type 'url_verification'}}.");
        if (!map.Has("answer"))
            map.Fault("answer", "'answer' is missing: what the app wants to hear.");
        var answer = map.Has("answer") ? new RequestReader([], FieldNames.None, ChallengeRules.Scope).ReadBody(map.File, map.At("answer")) : null;
        var sign = map.Text("sign") is { } text ? templates.Read(map.File, map.At("sign"), text) : null;
        var status = map.Statuses("status");
        if (map.Has("status") && status is not [>= 200 and <= 299])
            map.Fault("status", "'status' should be one from 200 to 299.");
        return when is null || answer is null ? null : new(when, answer, sign, status.Count == 1 ? status[0] : 200, map.Flag("verified", otherwise: true));
    }

    private static List<KeyValuePair<ActionOutput, RecordMapping.Source>> ReadOutputs(YamlMap trigger, IReadOnlyList<ActionInput> inputs)
    {
        var templates = new TemplateReader(inputs, FieldNames.None, RecordMapping.Scope);
        var outputs = new List<KeyValuePair<ActionOutput, RecordMapping.Source>>();
        foreach (var (name, node) in trigger.Map("output", null)?.Members ?? [])
        {
            if (!Names.IsCamel(name))
                trigger.File.Fault(node, $"'{name}' cannot be an output's name: letters and digits, a small letter first.");
            if (ResponseReader.ReadEntry(trigger.File, name, node, templates) is { } entry)
                outputs.Add(new(entry.Output, new(entry.Path, entry.Template)));
        }

        return outputs;
    }

    private static RecordMapping.Source? ReadSource(YamlMap trigger, string key, IReadOnlyList<ActionInput> inputs)
    {
        if (trigger.Text(key) is not { } source)
            return null;
        if (!source.Contains("{{", StringComparison.Ordinal))
            return new(DottedPath.Parse(source), null);
        return new TemplateReader(inputs, FieldNames.None, RecordMapping.Scope).Read(trigger.File, trigger.At(key), source) is { } template ? new(null, template) : null;
    }

    private static string[]? Path(string? source) => source is null ? null : DottedPath.Parse(source);

    private static Dictionary<string, T> Lower<T>()
        where T : struct, Enum => Enum.GetValues<T>().ToDictionary(v => char.ToLowerInvariant(v.ToString()[0]) + v.ToString()[1..]);

    private sealed record Common(string Type, string DisplayName, string? Description, IReadOnlyList<string> Scopes, IReadOnlyList<ActionInput> Inputs);
}
