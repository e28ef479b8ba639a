using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Recipes.CommandLine;

/// <summary><c>recipes import</c>: from a folder into a host.</summary>
internal static class ImportCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("folder") { Description = "What recipes export wrote, or any folder of recipes." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be done, and do nothing." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace recipes that are there and differ. Without it they are left alone." };
        return HostOptions.Command(
            "import", "Bring recipes into a host, and define the connections they name where those are not defined yet. Everything is checked first: nothing is written while there are faults. Answers 1 when something could not be brought in.", [folder, dryRun, overwrite], terminal,
            (parsed, client, cancellationToken) => new Import(client, terminal, parsed.GetValue(dryRun), parsed.GetValue(overwrite)).RunAsync(new(parsed.GetValue(folder)!), cancellationToken));
    }

    /// <summary>One import.</summary>
    private sealed class Import(HostClient client, Terminal terminal, bool isDryRun, bool mayOverwrite)
    {
        private int _exitCode;

        public async Task<int> RunAsync(Bundle bundle, CancellationToken cancellationToken)
        {
            var (recipes, connections) = (bundle.ReadRecipes(), bundle.ReadConnections());
            var changes = new List<Change>();
            foreach (var (name, json) in recipes.OrderBy(r => r.Key, StringComparer.Ordinal))
            {
                if (await CompareAsync(name, json, cancellationToken) is { } change)
                    changes.Add(change);
            }

            if (!await CheckAsync(changes, cancellationToken))
                return RecipesCommand.Failed;
            await DefineAsync(connections, cancellationToken);
            if (isDryRun)
                changes.ForEach(c => terminal.Line($"would {(c.Tag is null ? "create" : "replace")} {c.Name}"));
            else
                await WriteAsync(changes, cancellationToken);
            return _exitCode;
        }

        // Null where nothing is to be done.
        private async Task<Change?> CompareAsync(string name, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
        {
            var there = await client.TrySendAsync(HttpMethod.Get, PathOf(name), null, cancellationToken);
            if (there.Status == HttpStatusCode.NotFound)
                return new(name, json, null);
            if (!there.IsSuccess)
                throw there.Trouble();
            if (there.Body.AsSpan().SequenceEqual(json.Span))
            {
                terminal.Line($"same {name}");
                return null;
            }

            if (mayOverwrite)
                return new(name, json, there.Headers.ETag?.ToString());
            terminal.Line($"differs {name}: left alone. --overwrite replaces it.");
            _exitCode = RecipesCommand.Failed;
            return null;
        }

        private async Task<bool> CheckAsync(List<Change> changes, CancellationToken cancellationToken)
        {
            if (changes.Count == 0)
                return true;
            var files = new JsonObject(changes.Select(c => KeyValuePair.Create<string, JsonNode?>(c.Name, Encoding.UTF8.GetString(c.Json.Span))));
            var faults = 0;
            foreach (var recipe in (await client.PostAsync("api/recipes/check", new JsonObject { ["recipes"] = files }, cancellationToken)).AsArray())
            {
                foreach (var fault in recipe!["faults"]!.AsArray())
                    terminal.Line($"fault {recipe["recipe"]}: {RecipeText.Of(fault!)}");
                foreach (var warning in recipe["warnings"]!.AsArray())
                    terminal.Line($"warning {recipe["recipe"]}: {RecipeText.Of(warning!)}");
                faults += recipe["faults"]!.AsArray().Count;
            }

            if (faults > 0)
                terminal.Line($"{RecipeText.Count(faults, "fault")}. Nothing was written.");
            return faults == 0;
        }

        private async Task DefineAsync(IReadOnlyList<JsonNode> connections, CancellationToken cancellationToken)
        {
            if (connections.Count == 0)
                return;
            var there = (await client.GetAsync("api/connection-definitions", cancellationToken)).AsArray().ToDictionary(d => (string)d!["key"]!, d => Bundle.ToTravel(d!));
            foreach (var definition in connections)
            {
                var key = (string)definition["key"]!;
                if (there.TryGetValue(key, out var own))
                {
                    if (!JsonNode.DeepEquals(own, definition))
                        terminal.Line($"connection {key}: it is defined otherwise here, and stays so");
                    continue;
                }

                if (isDryRun)
                {
                    terminal.Line($"would define the connection {key} ({definition["connector"]})");
                    continue;
                }

                var made = await client.TrySendAsync(HttpMethod.Post, "api/connection-definitions", JsonContent.Create(definition), cancellationToken);
                if (!made.IsSuccess)
                    _exitCode = RecipesCommand.Failed;
                terminal.Line(made.IsSuccess
                    ? $"defined the connection {key}. To do: connect an account at {client.Address}connect/{key}"
                    : $"connection {key}: {made.Trouble().Message} To do: set it up at {client.Address}connections/new?connector={Uri.EscapeDataString((string?)definition["connector"] ?? "")}&key={key}");
            }
        }

        // Those that are called come before those that call them: whatever is refused is tried again behind the others.
        private async Task WriteAsync(List<Change> changes, CancellationToken cancellationToken)
        {
            while (changes.Count > 0)
            {
                var (left, troubles) = (new List<Change>(), new List<string>());
                foreach (var change in changes)
                {
                    using var content = new ByteArrayContent(change.Json.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                    var answer = await client.TrySendAsync(HttpMethod.Put, PathOf(change.Name), content, cancellationToken, change.Tag is { } tag ? ("If-Match", tag) : ("If-None-Match", "*"));
                    if (answer.IsSuccess)
                    {
                        terminal.Line($"{(change.Tag is null ? "created" : "replaced")} {change.Name}");
                        continue;
                    }

                    left.Add(change);
                    troubles.Add($"{change.Name}: {answer.Trouble().Message}");
                }

                if (left.Count == changes.Count)
                {
                    _exitCode = RecipesCommand.Failed;
                    foreach (var trouble in troubles)
                        await terminal.Error.WriteLineAsync(trouble);
                    return;
                }

                changes = left;
            }
        }

        private static string PathOf(string name) => $"api/recipes/{Uri.EscapeDataString(name)}/definition";
    }

    /// <param name="Tag">Of the file that it replaces; null when there is none.</param>
    private sealed record Change(string Name, ReadOnlyMemory<byte> Json, string? Tag);
}
