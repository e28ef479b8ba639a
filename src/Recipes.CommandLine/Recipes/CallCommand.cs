using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Recipes.CommandLine;

/// <summary><c>recipes call</c>: runs a recipe and tells what it does while it does it.</summary>
internal static class CallCommand
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "Name of the recipe." };
        var inputs = new Option<string[]>("--input", "-i") { Description = $"An input: {GivenInput.Description}" };
        var file = new Option<string?>("--input-file") { Description = "A file with all inputs as one JSON object; - for the standard input." };
        var user = new Option<string?>("--as") { Description = "The user whose own connections act; that takes a privilege." };
        var noWait = new Option<bool>("--no-wait") { Description = "Go on once it is accepted, and print the id of the run." };
        var json = new Option<bool>("--json") { Description = "Print the run as JSON when it has ended, and nothing else." };
        return HostOptions.Command(
            "call", "Call a recipe. Its journal is printed while it runs. Answers 0 when it completed, 1 when it failed, was refused or cancelled, 3 when it is held or in doubt, so that somebody has to see to it.",
            [name, inputs, file, user, noWait, json], terminal, async (parsed, client, cancellationToken) =>
            {
                var body = new JsonObject { ["input"] = GivenInput.Read(parsed.GetValue(inputs) ?? [], parsed.GetValue(file)), ["wait"] = false };
                if (parsed.GetValue(user) is { } other)
                    body["runtimeUser"] = other;
                var called = await client.SendAsync(HttpMethod.Post, $"api/recipes/{Uri.EscapeDataString(parsed.GetValue(name)!)}/call", JsonContent.Create(body), cancellationToken);
                var id = (string)called.Json["runId"]!;
                if (parsed.GetValue(noWait))
                {
                    terminal.Line(parsed.GetValue(json) ? OutputJson.Of(called.Json) : id);
                    return RecipesCommand.Passed;
                }

                if (!parsed.GetValue(json))
                    terminal.Line($"run {id}");
                var run = await new RunFollower(client, parsed.GetValue(json) ? null : terminal).FollowAsync(id, cancellationToken);
                if (parsed.GetValue(json))
                    terminal.Line(OutputJson.Of(run));
                else
                    RunText.TellEnd(run, terminal);
                return RunText.ExitCodeOf(run);
            });
    }
}
