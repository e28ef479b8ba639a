using System.Text.Json;
using System.Text.Json.Nodes;
using Recipes.Connectors;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Tries one step of a recipe by itself: a run of that step alone, as whoever is at the screen, with the journal of any other run.</summary>
internal sealed class StepTest(ActivityDescriptors descriptors, RecipeChecker checker, RecipeCaller recipes)
{
    private const string Tried = "testedStep";

    public async Task<JsonObject> RunAsync(string recipe, JsonObject source, string step, Caller caller, CancellationToken cancellationToken)
    {
        if (source["root"] is not JsonObject root || ActivityJson.AllOf(root).FirstOrDefault(a => a.Text("id") == step) is not { } activity)
            return Failed("There is no such step any more.");
        if (descriptors.Find(activity.Text("type") ?? "") is not { } descriptor)
            return Failed($"There is no activity '{activity.Text("type")}' here.");
        if (descriptor.Kind == "Trigger")
            return Failed("A trigger starts a recipe; there is nothing to try of it here. Switch it on, or call the recipe.");
        var preview = checker.Preview(recipe, RecipeText.Write(Alone(source, activity, descriptor)));
        if (!preview.CanRun)
            return Failed(string.Join(' ', preview.Faults.Select(Words).Distinct()));
        return await recipes.CallAsync(new RecipeCall { Caller = caller, Recipe = recipe }, preview, cancellationToken) switch
        {
            RecipeCallResult.Ended ended => Answer(ended.Run),
            RecipeCallResult.Refused refused => Failed(refused.Run.Failure?.Message ?? "A connection is missing."),
            RecipeCallResult.Accepted accepted => Failed(accepted.Failure?.Message ?? $"It takes longer than the page waits; it goes on as run {accepted.Run}."),
            RecipeCallResult.Invalid invalid => Failed(string.Join(' ', invalid.Faults.Select(f => f.Message))),
            RecipeCallResult.Forbidden forbidden => Failed(forbidden.Reason),
            RecipeCallResult.Busy => Failed("There is too much to do just now. Try again in some seconds."),
            _ => Failed("The step cannot be run."),
        };
    }

    // The step between a beginning and what tells its outputs; inputs of the recipe may all be missing.
    private static JsonObject Alone(JsonObject source, JsonObject activity, ActivityDescriptor descriptor)
    {
        var step = (JsonObject)activity.DeepClone();
        step["name"] = activity.Text("name") ?? Tried;
        var alone = new JsonObject
        {
            ["definitionId"] = source.Text("definitionId"),
            ["name"] = source.Text("name"),
            ["variables"] = source["variables"]?.DeepClone(),
            ["inputs"] = source["inputs"]?.DeepClone(),
            ["outputs"] = new JsonArray([.. descriptor.Outputs.Select(o => new JsonObject { ["name"] = o.Member, ["type"] = "Object" })]),
            ["customProperties"] = new JsonObject
            {
                ["Recipes"] = new JsonObject
                {
                    ["optionalInputs"] = new JsonArray([.. (source["inputs"] as JsonArray ?? []).Select(i => i.Text("name")).OfType<string>().Select(n => (JsonNode)n)]),
                    ["timeLimit"] = "00:02:00",
                },
            },
        };
        KeepPolicy(alone, source, step);
        SetTestValues(alone, source);
        var told = descriptor.Outputs.Select(o => new JsonObject
        {
            ["id"] = $"{Tried}-{o.Member}",
            ["type"] = "Elsa.SetOutput",
            ["version"] = 1,
            ["outputName"] = Wrapped("Literal", o.Member),
            ["outputValue"] = Wrapped("Handlebars", $"{{{{steps.{step.Text("name")}.{o.Member}}}}}"),
        });
        alone["root"] = new JsonObject
        {
            ["id"] = $"{Tried}-root",
            ["type"] = "Elsa.Sequence",
            ["version"] = 1,
            ["activities"] = new JsonArray([.. IsCallable(source) ? [new JsonObject { ["id"] = $"{Tried}-start", ["type"] = "Recipes.Callable", ["version"] = 1 }] : Array.Empty<JsonObject>(), step, .. descriptor.Type == "Elsa.SetOutput" ? [] : told]),
        };
        return alone;
    }

    // As whom a step acts is decided as in the whole recipe.
    private static bool IsCallable(JsonObject source) => ActivityJson.AllOf((JsonObject)source["root"]!).Any(a => a.Text("type") == "Recipes.Callable");

    private static void KeepPolicy(JsonObject alone, JsonObject source, JsonObject step)
    {
        var key = step["connection"] is JsonObject input ? input["expression"].Text("value") : step.Text("connection");
        if (key is not null && source["customProperties"]?["Recipes"]?["runtimeUser"].Text(key) is { } policy)
            alone["customProperties"]!["Recipes"]!["runtimeUser"] = new JsonObject { [key] = policy };
    }

    // Studio keeps what variables are to have in a test beside the recipe.
    private static void SetTestValues(JsonObject alone, JsonObject source)
    {
        if (source["customProperties"]?["VariableTestValues"] is not JsonObject values || alone["variables"] is not JsonArray variables)
            return;
        foreach (var variable in variables.OfType<JsonObject>())
        {
            if (values[variable.Text("id") ?? ""] is { } value)
                variable["value"] = value.DeepClone();
        }
    }

    private static JsonObject Wrapped(string type, string value) => new() { ["typeName"] = "Object", ["expression"] = new JsonObject { ["type"] = type, ["value"] = value } };

    private static JsonObject Answer(Run run)
    {
        var entry = run.Journal.LastOrDefault(e => e.Depth == 0 && !e.ActivityId.StartsWith(Tried, StringComparison.Ordinal));
        var state = new JsonObject();
        if (entry is not null)
        {
            state["Outcome"] = entry.Outcome;
            Add("Connection", entry.ConnectionName);
            Add("ActingAs", entry.ActingAs);
            Add("Request", entry.RequestLine);
            Add("Status", entry.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Add("Note", entry.Note);
        }

        var outputs = run.Output.IsEmpty ? null : JsonNode.Parse(run.Output.Span) as JsonObject;
        return new()
        {
            ["activityState"] = state,
            ["payload"] = entry is null ? null : new JsonObject { ["Outcomes"] = new JsonArray(entry.Outcome) },
            ["outputs"] = new JsonObject([.. (outputs ?? []).Select(o => KeyValuePair.Create($"{char.ToUpperInvariant(o.Key[0])}{o.Key.AsSpan(1)}", o.Value?.DeepClone()))]),
            ["exception"] = run.Failure is null ? null : Exception($"{run.Failure.Message}{(run.Failure.Guidance is { } guidance ? $" {guidance}" : "")}"),
            ["status"] = run.Status == RunStatus.Completed ? "Completed" : "Faulted",
        };

        void Add(string name, string? value)
        {
            if (value is not null)
                state[name] = value;
        }
    }

    private static JsonObject Failed(string message) => new() { ["activityState"] = new JsonObject(), ["payload"] = null, ["outputs"] = new JsonObject(), ["exception"] = Exception(message), ["status"] = "Faulted" };

    private static JsonObject Exception(string message) => new() { ["type"] = "Recipes.StepFailed", ["message"] = message, ["stackTrace"] = "", ["innerException"] = null };

    private static string Words(RecipeFault fault) => fault.Message.Contains("has no step", StringComparison.Ordinal) ? $"{fault.Message} Tried by itself, a step cannot read other steps: put a value in for the test." : fault.Message;
}
