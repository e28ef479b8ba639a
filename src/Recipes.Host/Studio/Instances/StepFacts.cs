using System.Globalization;
using System.Text.Json.Nodes;
using Recipes.Connectors;

namespace Recipes.Host;

/// <summary>What people want to know of a step, under names that Studio prints as they are.</summary>
internal static class StepFacts
{
    /// <summary>Steps of another recipe that are named; the page of the run has all.</summary>
    private const int MostNamed = 50;

    public static JsonObject Of(StepExecution step)
    {
        var facts = new JsonObject();
        var entry = step.Entry;
        Add("Connection", entry?.ConnectionName);
        Add("ActingAs", entry?.ActingAs);
        Add("Request", entry?.RequestLine);
        Add("Status", entry?.Status?.ToString(CultureInfo.InvariantCulture));
        if (entry?.RequestLine is not null || step.Tries > 1)
            facts["Tries"] = step.Tries;
        Add("Note", entry?.Note);
        Add("Failure", step.Trouble?.Kind?.ToString());
        Add("Message", step.Trouble?.Message);
        Add("Guidance", step.Trouble?.Guidance);
        if (step.Depth > 0)
            Add("Recipe", step.Recipe);
        if (step.Called.Count > 0)
        {
            Add("Called", step.Called[0].Recipe);
            Add("Steps", string.Join('\n', step.Called.Take(MostNamed).Select(LineOf).Concat(step.Called.Count > MostNamed ? [$"and {step.Called.Count - MostNamed} more"] : [])));
            Add("Link", $"/runs/{step.Run}");
        }

        return facts;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                facts[name] = value;
        }
    }

    /// <summary>The same with the outcomes; null for a step that goes on.</summary>
    public static JsonObject? PayloadOf(StepExecution step)
    {
        if (step.State is StepState.Running)
            return null;
        var payload = Of(step);
        if (step.Outcome is { } outcome)
            payload.Insert(0, "Outcomes", new JsonArray(outcome));
        return payload;
    }

    /// <summary>What it has left, each under a name that begins with a capital letter; null where that is not known.</summary>
    public static JsonObject? OutputsOf(StepExecution step) =>
        step.Outputs is null ? null : new(step.Outputs.Select(o => KeyValuePair.Create($"{char.ToUpperInvariant(o.Key[0])}{o.Key[1..]}", NodeOf(o.Value))).DistinctBy(o => o.Key));

    public static JsonNode? NodeOf(object? value) => JsonNode.Parse(PlainData.ToUtf8Json(value));

    private static string LineOf(StepExecution step)
    {
        var what = step.Outcome ?? step.State.ToString();
        var request = step.Entry?.RequestLine is { } line ? $" ({line}{(step.Entry.Status is { } status ? $" → {status}" : "")})" : "";
        return $"{step.Step}: {what}{request}{(step.Trouble is { } trouble ? $": {trouble.Message}" : "")}";
    }
}
