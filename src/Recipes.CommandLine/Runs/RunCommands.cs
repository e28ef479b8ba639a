using System.CommandLine;
using System.Text.Json.Nodes;

namespace Recipes.CommandLine;

/// <summary><c>recipes runs</c>: what a host did and does.</summary>
internal static class RunCommands
{
    public static Command Create(Terminal terminal) => new("runs", "What a host did and does.")
    {
        CreateList(terminal),
        CreateShow(terminal),
        CreateAction("cancel", "End a run: at once, or after the request that is under way.", terminal),
        CreateAction("resume", "Have a held or waiting run go on now.", terminal),
        CreateRetry(terminal),
    };

    private static Command CreateList(Terminal terminal)
    {
        var recipe = new Option<string?>("--recipe") { Description = "Only runs of this recipe." };
        var status = new Option<string?>("--status") { Description = "running, queued, waiting, held, completed, faulted, flagged, refused or cancelled." };
        var most = new Option<int>("--most") { Description = "1 to 200.", DefaultValueFactory = _ => 20 };
        var json = new Option<bool>("--json") { Description = "Print what the host answers." };
        return HostOptions.Command("list", "List runs, newest first.", [recipe, status, most, json], terminal, async (parsed, client, cancellationToken) =>
        {
            string?[] query =
            [
                $"most={parsed.GetValue(most)}",
                parsed.GetValue(recipe) is { } one ? $"recipe={Uri.EscapeDataString(one)}" : null,
                parsed.GetValue(status) is { } wanted ? $"status={Uri.EscapeDataString(wanted)}" : null,
            ];
            var runs = (await client.GetAsync($"api/runs?{string.Join('&', query.Where(q => q is not null))}", cancellationToken)).AsArray();
            if (parsed.GetValue(json))
                terminal.Line(OutputJson.Of(runs));
            else
                Columns.Write(terminal, runs.Select(RowOf!));
            return RecipesCommand.Passed;
        });
    }

    private static Command CreateShow(Terminal terminal)
    {
        var id = IdArgument();
        var json = new Option<bool>("--json") { Description = "Print what the host answers." };
        return HostOptions.Command("show", "Show one run with its journal. Answers as recipes call does.", [id, json], terminal, async (parsed, client, cancellationToken) =>
        {
            var run = await client.GetAsync(PathOf(parsed.GetValue(id)!), cancellationToken);
            if (parsed.GetValue(json))
            {
                terminal.Line(OutputJson.Of(run));
                return RunText.ExitCodeOf(run);
            }

            terminal.Line($"{run["recipe"]}, version {run["recipeVersion"]}, called by {run["caller"]}{(run["runtimeUser"] is { } user ? $", acting for {user}" : "")} at {(DateTimeOffset)run["startedAt"]!:yyyy-MM-dd HH:mm:ss}Z");
            foreach (var entry in run["journal"]!.AsArray())
                terminal.Line(RunText.StepOf(entry!));
            RunText.TellEnd(run, terminal);
            return RunText.ExitCodeOf(run);
        });
    }

    private static Command CreateAction(string action, string description, Terminal terminal)
    {
        var id = IdArgument();
        return HostOptions.Command(action, description, [id], terminal, async (parsed, client, cancellationToken) =>
        {
            terminal.Line(RunText.StandingOf(await client.PostAsync($"{PathOf(parsed.GetValue(id)!)}/{action}", null, cancellationToken)));
            return RecipesCommand.Passed;
        });
    }

    private static Command CreateRetry(Terminal terminal)
    {
        var id = IdArgument();
        var inputs = new Option<string[]>("--input", "-i") { Description = $"An input of that step which is put right: {GivenInput.Description}" };
        return HostOptions.Command("retry", "Have the step that failed, or is in doubt, done again. Its journal is printed while it goes on; answers as recipes call does.", [id, inputs], terminal, async (parsed, client, cancellationToken) =>
        {
            var path = PathOf(parsed.GetValue(id)!);
            await client.PostAsync($"{path}/retry", new JsonObject { ["inputs"] = GivenInput.Read(parsed.GetValue(inputs) ?? []) }, cancellationToken);
            var run = await new RunFollower(client, terminal).FollowAsync(parsed.GetValue(id)!, cancellationToken);
            RunText.TellEnd(run, terminal);
            return RunText.ExitCodeOf(run);
        });
    }

    private static Argument<string> IdArgument() => new("id") { Description = "Id of the run." };

    private static string PathOf(string id) => Guid.TryParse(id, out var run) ? $"api/runs/{run}" : throw new CommandTroubleException($"'{id}' is no id of a run. recipes runs list has them.");

    private static string[] RowOf(JsonNode run) =>
    [
        (string)run["id"]!, ((DateTimeOffset)run["startedAt"]!).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture), RunText.StandingOf(run), (string)run["recipe"]!, (string)run["caller"]!, (string?)run["failure"]?["message"] ?? "",
    ];
}
