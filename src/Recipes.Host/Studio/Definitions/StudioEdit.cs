using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Recipes.Host;

/// <summary>
/// Puts what somebody did in Studio into a recipe's file, and nothing else: whatever came back as it was shown stays as it was written, in its place and with
/// all that Studio does not know of.
/// </summary>
internal sealed partial class StudioEdit(ActivityDescriptors descriptors, StudioForm form)
{
    private static readonly string[] s_lists = ["activities", "connections"];

    /// <param name="source">The recipe as it was, as in its file.</param>
    /// <param name="saved">What Studio sent: the whole definition.</param>
    /// <param name="fallbackName">As of <see cref="StudioForm.Show"/>.</param>
    /// <exception cref="JsonException">When an unknown activity came back damaged.</exception>
    public JsonObject Apply(JsonObject source, JsonObject saved, string fallbackName)
    {
        ActivityJson.RemoveNodeIds(saved["root"]);
        var shown = form.Show(source, fallbackName);
        var edited = new JsonObject();
        foreach (var (member, value) in source)
        {
            var kept = StudioForm.Edited.Contains(member) ? Merge(value, shown[member], saved[member], isTyped: true) : value?.DeepClone();
            if (kept is not null || value is null)
                edited[member] = kept;
        }

        foreach (var member in StudioForm.Edited.Where(m => !source.ContainsKey(m)))
        {
            if (!SameJson.Of(shown[member], saved[member]) && Clean(saved[member]) is { } added)
                edited[member] = added;
        }

        RemoveLostStarts(edited["root"]);
        RemoveUsualTitles(source, edited);
        return edited;
    }

    // Studio calls each new one "Input 1" and leaves that beside the name which somebody gives it; without a title it is called by its name.
    private static void RemoveUsualTitles(JsonObject source, JsonObject edited)
    {
        foreach (var list in (string[])["inputs", "outputs"])
        {
            foreach (var argument in (edited[list] as JsonArray ?? []).OfType<JsonObject>())
            {
                if (argument.Text("displayName") is { } title && UsualTitle().IsMatch(title) && argument.Text("name") != title.Replace(" ", "", StringComparison.Ordinal)
                    && !(source[list] as JsonArray ?? []).Any(a => a.Text("displayName") == title))
                    argument.Remove("displayName");
            }
        }
    }

    // Studio does not know which step a flowchart names as its start, and so leaves the name behind when the step goes.
    private static void RemoveLostStarts(JsonNode? root)
    {
        if (root is not JsonObject activity || !ActivityJson.IsActivity(activity))
            return;
        foreach (var chart in ActivityJson.AllOf(activity).Where(a => a.Text("start") is { Length: > 0 } start && a["activities"] is JsonArray steps && steps.All(s => s.Text("id") != start)).ToList())
            chart.Remove("start");
    }

    /// <param name="was">As in the file; null for what is new.</param>
    /// <param name="shown">What Studio was shown of it.</param>
    /// <param name="isTyped">Whether Studio reads it into a type of its own, and so drops members that it does not know.</param>
    private JsonNode? Merge(JsonNode? was, JsonNode? shown, JsonNode? saved, bool isTyped)
    {
        if (saved is JsonObject activity && ActivityJson.IsActivity(activity))
            return MergeActivity(was as JsonObject, shown as JsonObject, activity);
        if (SameJson.Of(shown, saved) || IsLiteralOf(saved, was))
            return was?.DeepClone();
        return (was, saved) switch
        {
            (_, null) => null,
            (JsonObject before, JsonObject after) => KeepId(before, after, MergeMembers(before, shown as JsonObject ?? [], after, isTyped)),
            (JsonArray before, JsonArray after) => MergeItems(before, shown as JsonArray ?? [], after, isTyped, keepsOrder: false),
            _ => Clean(saved),
        };
    }

    // A variable without an id goes by its name; under another name its uses still know it by the former.
    private static JsonObject KeepId(JsonObject was, JsonObject saved, JsonObject merged)
    {
        if (!was.ContainsKey("id") && was.ContainsKey("typeName") && was.Text("name") != saved.Text("name") && saved.Text("id") is { } id)
            merged["id"] = id;
        return merged;
    }

    // A bare value comes back wrapped, from a window to which its kind of activity was known.
    private static bool IsLiteralOf(JsonNode? saved, JsonNode? was) =>
        was is JsonValue && saved is JsonObject && saved["expression"].Text("type") == "Literal" && SameJson.Of(StudioForm.AsText(was), saved["expression"]!["value"]);

    private JsonObject MergeActivity(JsonObject? was, JsonObject? shown, JsonObject saved)
    {
        if (saved.Text("type") == EngineActivities.NotFound && saved.Text(StudioForm.Original) is { } text)
            return Restore(was, shown, saved, text);
        if (was is null || was.Text("type") != saved.Text("type"))
            return (JsonObject)Clean(saved)!;
        if (shown is not null && shown.Text("type") == saved.Text("type"))
            return MergeMembers(was, shown, saved, isTyped: false);
        // It would be shown as unknown now, but this window knew it: then as it was shown there, in its place.
        var own = form.ShowActivity(was, asIs: true);
        if (shown?["metadata"]?.DeepClone() is JsonObject metadata)
        {
            metadata.Remove("displayText");
            own["metadata"] = metadata;
        }

        return MergeMembers(was, own, saved, isTyped: false);
    }

    // Unknown here, so only moved about; what it says is not ours to touch.
    private static JsonObject Restore(JsonObject? was, JsonObject? shown, JsonObject saved, string text)
    {
        var original = was is not null && was.Text("type") != EngineActivities.NotFound ? (JsonObject)was.DeepClone() : JsonNode.Parse(text) as JsonObject ?? throw new JsonException("The original of an unknown activity is missing.");
        if (PlaceOf(saved) is { } place && !SameJson.Of(PlaceOf(shown), place))
        {
            if ((original["metadata"] ??= new JsonObject()) is JsonObject metadata && (metadata["designer"] ??= new JsonObject()) is JsonObject designer)
                designer["position"] = place.DeepClone();
        }

        if (original.Text("id") != saved.Text("id"))
            original["id"] = saved.Text("id");
        if (saved.Text("name") is { } name && original.Text("name") != name)
            original["name"] = name;
        original.Remove("nodeId");
        return original;
    }

    private static JsonNode? PlaceOf(JsonObject? activity) => activity?["metadata"]?["designer"]?["position"];

    private JsonObject MergeMembers(JsonObject was, JsonObject shown, JsonObject saved, bool isTyped)
    {
        var merged = new JsonObject();
        var isFlowchart = saved.Text("type") == "Elsa.Flowchart";
        foreach (var (member, value) in was)
        {
            if (member == "nodeId" || IsMeasured(was, member) || (isTyped && !saved.ContainsKey(member)))
            {
                merged[member] = value?.DeepClone();
                continue;
            }

            var kept = isFlowchart && s_lists.Contains(member) && value is JsonArray before && saved[member] is JsonArray after
                ? MergeItems(before, shown[member] as JsonArray ?? [], after, isTyped: member == "connections", keepsOrder: true)
                : Merge(value, shown[member], saved[member], isTyped: member == "variables");
            if (kept is not null || (value is null && saved[member] is null))
                merged[member] = SameJson.Of(kept, value) || IsMeantLiterally(value) ? kept : WithTemplate(saved, member, kept);
        }

        foreach (var (member, value) in saved)
        {
            if (!was.ContainsKey(member) && !SameJson.Of(shown[member], value) && CleanMember(saved, member, value) is { } added)
                merged[member] = added;
        }

        return merged;
    }

    /// <param name="keepsOrder">Whether the order says nothing, so that what was there stays where it was.</param>
    private JsonArray MergeItems(JsonArray was, JsonArray shown, JsonArray saved, bool isTyped, bool keepsOrder)
    {
        var before = new Dictionary<string, (JsonNode? Was, JsonNode? Shown)>();
        for (var i = 0; i < was.Count; i++)
            before.TryAdd(IdentityOf(shown.ElementAtOrDefault(i) ?? was[i], i), (was[i], shown.ElementAtOrDefault(i)));
        var after = new List<(string Identity, JsonNode? Item)>();
        for (var i = 0; i < saved.Count; i++)
            after.Add((IdentityOf(saved[i], i), saved[i]));
        if (keepsOrder)
        {
            var places = before.Keys.Select((identity, place) => (identity, place)).ToDictionary(p => p.identity, p => p.place);
            after = [.. after.OrderBy(a => places.GetValueOrDefault(a.Identity, int.MaxValue))];
        }

        // Where one is missing and one is new, of the same type, it was renamed.
        if (isTyped && !keepsOrder && before.Keys.Where(b => !after.Exists(a => a.Identity == b)).ToList() is [var former] && after.FindIndex(a => !before.ContainsKey(a.Identity)) is >= 0 and var place
            && after.Count(a => !before.ContainsKey(a.Identity)) == 1 && TypeOf(before[former].Shown) == TypeOf(after[place].Item))
            after[place] = (former, after[place].Item);

        return new([.. after.Select(a => before.TryGetValue(a.Identity, out var known) ? Merge(known.Was, known.Shown, a.Item, isTyped) : a.Item is JsonObject activity && ActivityJson.IsActivity(activity) ? MergeActivity(null, null, activity) : Clean(a.Item))]);
    }

    private static string? TypeOf(JsonNode? argument) => argument.Text("type") ?? argument.Text("typeName");

    private static string IdentityOf(JsonNode? item, int place) =>
        item is JsonObject json
            ? json["source"] is JsonObject source && json["target"] is JsonObject target ? $"{source.Text("activity")}/{source.Text("port")}/{target.Text("activity")}/{target.Text("port")}"
            : json.Text("id") ?? json.Text("name") ?? json.Text("label") ?? $"#{place}"
            : $"#{place}";

    /// <summary>As it is written where it is new: without what says nothing, and with the type of each input.</summary>
    private JsonNode? Clean(JsonNode? saved)
    {
        switch (saved)
        {
            case JsonObject activity when ActivityJson.IsActivity(activity) && activity.Text("type") == EngineActivities.NotFound && activity.Text(StudioForm.Original) is { } text:
                return Restore(null, null, activity, text);
            case JsonObject json:
                var clean = new JsonObject();
                foreach (var (member, value) in json)
                {
                    if (CleanMember(json, member, value) is { } kept)
                        clean[member] = kept;
                }

                return clean;
            case JsonArray list:
                return new JsonArray([.. list.Select(Clean)]);
            default:
                return saved?.DeepClone();
        }
    }

    // How large a step is drawn depends on the fonts of whoever looks at it.
    private static bool IsMeasured(JsonObject holder, string member) => member == "size" && holder.ContainsKey("position");

    private JsonNode? CleanMember(JsonObject holder, string member, JsonNode? value)
    {
        if (value is null || member == "nodeId" || IsMeasured(holder, member) || (value is JsonObject { Count: 0 } && member is "customProperties" or "metadata") || (value is JsonArray { Count: 0 } && member is "vertices"))
            return null;
        var clean = WithTemplate(holder, member, Clean(value));
        if (clean is not JsonObject input || !input.ContainsKey("expression") || input.ContainsKey("typeName") || descriptors.Find(holder.Text("type") ?? "")?.Inputs.FirstOrDefault(i => i.Member == member) is not { IsWrapped: true } known)
            return clean;
        var typed = new JsonObject { ["typeName"] = known.TypeName };
        foreach (var (name, one) in input)
            typed[name] = one?.DeepClone();
        return typed;
    }

    // Whoever wrote braces as a literal has them sent to the app; other words around them change nothing about that.
    private static bool IsMeantLiterally(JsonNode? was) =>
        (was is JsonObject ? was["expression"] is JsonObject expression && expression.Text("type") == "Literal" ? expression.Text("value") : null : StudioForm.AsText(was)?.ToString()) is { } text && text.Contains("{{", StringComparison.Ordinal);

    // Studio saves whatever is typed into a plain field as a literal. Nobody types braces there to have them sent to an app.
    private JsonNode? WithTemplate(JsonObject holder, string member, JsonNode? input)
    {
        if (input is JsonObject && input["expression"] is JsonObject expression && expression.Text("type") == "Literal" && expression.Text("value") is { } text && text.Contains("{{", StringComparison.Ordinal)
            && descriptors.Find(holder.Text("type") ?? "")?.Inputs.Any(i => i.Member == member && i.IsWrapped) == true)
            expression["type"] = "Handlebars";
        return input;
    }

    [GeneratedRegex(@"^(?:Input|Output) \d+$", RegexOptions.CultureInvariant, 200)]
    private static partial Regex UsualTitle();
}
