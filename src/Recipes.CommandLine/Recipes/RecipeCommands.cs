using System.CommandLine;
using System.Text.Json.Nodes;

namespace Recipes.CommandLine;

/// <summary><c>recipes list</c> and <c>recipes show</c>: what a host has.</summary>
internal static class RecipeCommands
{
    public static Command CreateList(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print what the host answers." };
        return HostOptions.Command("list", "List the recipes of a host.", [json], terminal, async (parsed, client, cancellationToken) =>
        {
            var recipes = (await client.GetAsync("api/recipes", cancellationToken)).AsArray();
            if (parsed.GetValue(json))
                terminal.Line(OutputJson.Of(recipes));
            else
                Columns.Write(terminal, recipes.Select(r => new[] { (string)r!["name"]!, StandingOf(r), (string?)r["displayName"] ?? "" }));
            return RecipesCommand.Passed;
        });
    }

    public static Command CreateShow(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "Name of the recipe: that of its file." };
        var json = new Option<bool>("--json") { Description = "Print what the host answers." };
        return HostOptions.Command("show", "Show one recipe of a host: what goes in and out, its connections, its faults.", [name, json], terminal, async (parsed, client, cancellationToken) =>
        {
            var path = $"api/recipes/{Uri.EscapeDataString(parsed.GetValue(name)!)}";
            var recipe = await client.GetAsync(path, cancellationToken);
            var needed = (await client.GetAsync($"{path}/connections-needed", cancellationToken)).AsArray();
            if (parsed.GetValue(json))
                terminal.Line(OutputJson.Of(new JsonObject { ["recipe"] = recipe.DeepClone(), ["connectionsNeeded"] = needed.DeepClone() }));
            else
                Show(recipe, needed, terminal);
            return RecipesCommand.Passed;
        });
    }

    private static void Show(JsonNode recipe, JsonArray needed, Terminal terminal)
    {
        terminal.Line($"{recipe["name"]}{(recipe["displayName"] is { } title ? $": {title}" : "")} ({StandingOf(recipe)}, version {recipe["version"]})");
        if ((string?)recipe["description"] is { Length: > 0 } description)
            terminal.Line(description);
        Tell("in", recipe["inputs"]!.AsArray().Select(i => $"{i!["name"]} ({i["type"]}{((bool)i["required"]! ? "" : ", may be left out")}){(i["description"] is { } text ? $": {text}" : "")}"));
        Tell("out", recipe["outputs"]!.AsArray().Select(o => $"{o!["name"]} ({o["type"]})"));
        Tell("connection", needed.Select(n => n!["missing"] is { } missing
            ? $"{n["key"]}: {missing}{(n["authorizeUrl"] is { } url ? $" Authorise it at {url}" : "")}"
            : $"{n["key"]}: {n["connectionName"]}, acting as {n["actingAs"]}{(n["warning"] is { } warning ? $". {warning}" : "")}"));
        Tell("fault", recipe["faults"]!.AsArray().Select(f => RecipeText.Of(f!)));
        Tell("warning", recipe["warnings"]!.AsArray().Select(w => RecipeText.Of(w!)));

        void Tell(string what, IEnumerable<string> lines)
        {
            foreach (var line in lines)
                terminal.Line($"  {what}: {line}");
        }
    }

    private static string StandingOf(JsonNode recipe)
    {
        var faults = recipe["faults"]!.AsArray().Count;
        return !(bool)recipe["canRun"]! ? "cannot run" : faults > 0 ? $"runs an older version, {RecipeText.Count(faults, "fault")}" : (bool)recipe["callable"]! ? "callable" : "runs";
    }
}
