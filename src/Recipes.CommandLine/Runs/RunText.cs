using System.Globalization;
using System.Text.Json.Nodes;

namespace Recipes.CommandLine;

/// <summary>What people read of runs.</summary>
internal static class RunText
{
    /// <summary>The outcome of a step that is not over.</summary>
    public const string Unfinished = "Ended";

    /// <summary>Whether a run goes on by itself.</summary>
    public static bool GoesOn(JsonNode run) => (string?)run["status"] is "running" or "queued" or "waiting";

    public static int ExitCodeOf(JsonNode run) => (string?)run["status"] switch
    {
        "completed" => RecipesCommand.Passed,
        "held" or "flagged" => RecipesCommand.NeedsSomebody,
        var status when status is not null && GoesOn(run) => RecipesCommand.Passed,
        _ => RecipesCommand.Failed,
    };

    /// <summary>One step in one line.</summary>
    public static string StepOf(JsonNode entry)
    {
        var at = ((DateTimeOffset)entry["startedAt"]!).ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var line = $"{at} {new string(' ', 2 * (int)entry["depth"]!)}{entry["step"]}: {entry["outcome"]}";
        if (entry["requestLine"] is { } request)
            line += $"  {request}{(entry["status"] is { } status ? $" → {status}" : "")}";
        if (entry["connectionName"] is { } connection)
            line += $"  through {connection}, as {entry["actingAs"]}";
        if ((int)entry["tries"]! > 1)
            line += $"  ({entry["tries"]} tries)";
        line += string.Create(CultureInfo.InvariantCulture, $"  {(double)entry["durationMs"]!:0} ms");
        if (entry["note"] is { } note)
            line += $"  {note}";
        return entry["failure"]?["message"] is { } message ? $"{line}{Environment.NewLine}         {message}" : line;
    }

    public static string StandingOf(JsonNode run)
    {
        var wait = run["wait"]?["until"] is { } until ? $", goes on at {((DateTimeOffset)until).ToLocalTime():yyyy-MM-dd HH:mm:ss}" : "";
        return (string?)run["status"] switch
        {
            "queued" => "in the queue",
            "waiting" => $"waits{wait}",
            "held" => "held",
            "flagged" => "in doubt",
            "faulted" => "failed",
            var status => status ?? "",
        };
    }

    /// <summary>How it stands or ended, with what came out of it or what to do.</summary>
    public static void TellEnd(JsonNode run, Terminal terminal)
    {
        terminal.Line(StandingOf(run));
        if (run["failure"] is { } failure)
        {
            terminal.Line($"{(failure["step"] is { } step ? $"step {step}: " : "")}{failure["message"]}");
            if ((string?)failure["guidance"] is { Length: > 0 } guidance)
                terminal.Line(guidance);
        }

        if (run["output"] is JsonObject { Count: > 0 } output)
            terminal.Line(OutputJson.Of(output));
        var id = (string)run["id"]!;
        if ((string?)run["status"] is "held")
            terminal.Line($"It goes on by itself once the connection works again; recipes runs resume {id} has it go on now, recipes runs cancel {id} ends it.");
        else if ((string?)run["status"] is "flagged" || (bool?)run["canRetry"] is true)
            terminal.Line($"recipes runs retry {id} does the step again.");
    }
}
