using System.CommandLine;
using System.Text.Json.Nodes;

namespace Recipes.CommandLine;

/// <summary><c>recipes export</c>: from a host into a folder.</summary>
internal static class ExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("folder") { Description = "Where to: recipes/*.json, and connections.json beside it." };
        var names = new Argument<string[]>("name") { Description = "Only these recipes; all when left out.", Arity = ArgumentArity.ZeroOrMore };
        return HostOptions.Command("export", "Write the recipes of a host into a folder, to the byte, with what their connections are: no account and no secret. Files of other recipes there are left alone.", [folder, names], terminal, (parsed, client, cancellationToken) =>
            ExportAsync(new(parsed.GetValue(folder)!), parsed.GetValue(names) ?? [], client, terminal, cancellationToken));
    }

    private static async Task<int> ExportAsync(Bundle bundle, string[] names, HostClient client, Terminal terminal, CancellationToken cancellationToken)
    {
        var all = (await client.GetAsync("api/recipes", cancellationToken)).AsArray().Select(r => r!).ToList();
        if (names.FirstOrDefault(n => !all.Exists(r => (string?)r["name"] == n)) is { } absent)
            throw new CommandTroubleException($"There is no recipe '{absent}'. recipes list has those there are.");
        var (exitCode, written) = (RecipesCommand.Passed, 0);
        var chosen = all.Where(r => names.Length == 0 || names.Contains((string)r["name"]!)).ToList();
        foreach (var name in chosen.Select(r => (string)r["name"]!))
        {
            var file = await client.TrySendAsync(HttpMethod.Get, $"api/recipes/{Uri.EscapeDataString(name)}/definition", null, cancellationToken);
            // A name comes from elsewhere and becomes a path.
            if (!file.IsSuccess || Path.GetFileName(name) != name)
            {
                await terminal.Error.WriteLineAsync($"{name}: {(file.IsSuccess ? "It cannot be a file here." : file.Trouble().Message)}");
                exitCode = RecipesCommand.Failed;
            }
            else if (bundle.WriteRecipe(name, file.Body))
            {
                written++;
                terminal.Line($"wrote {name}");
            }
        }

        var keys = chosen.SelectMany(r => r["connections"]!.AsArray()).Select(c => (string)c!["key"]!).ToHashSet();
        var definitions = (await client.GetAsync("api/connection-definitions", cancellationToken)).AsArray().Where(d => keys.Contains((string)d!["key"]!)).OrderBy(d => (string)d!["key"]!, StringComparer.Ordinal).Select(d => (JsonNode)Bundle.ToTravel(d!)).ToList();
        if (bundle.WriteConnections(definitions))
            terminal.Line($"wrote connections.json, {RecipeText.Count(definitions.Count, "definition")}");
        foreach (var key in keys.Where(k => !definitions.Exists(d => (string?)d["key"] == k)).Order(StringComparer.Ordinal))
            terminal.Line($"note: the connection '{key}' is not set up on this host");
        terminal.Line($"{RecipeText.Count(chosen.Count, "recipe")}, {written} changed.");
        return exitCode;
    }
}
