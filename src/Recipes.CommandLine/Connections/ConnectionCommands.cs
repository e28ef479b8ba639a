using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;

namespace Recipes.CommandLine;

/// <summary><c>recipes connections</c>: how the connections of a host are.</summary>
internal static class ConnectionCommands
{
    public static Command Create(Terminal terminal) => new("connections", "How the connections of a host are.")
    {
        CreateList(terminal),
        CreateTest(terminal),
    };

    private static Command CreateList(Terminal terminal)
    {
        var definition = new Option<string?>("--definition") { Description = "Only those under this stable key." };
        var health = new Option<string?>("--health") { Description = "green, yellow, red or grey." };
        var json = new Option<bool>("--json") { Description = "Print what the host answers." };
        return HostOptions.Command("list", "List the connections that you may manage. Answers 1 when a person has to do something about one of them.", [definition, health, json], terminal, async (parsed, client, cancellationToken) =>
        {
            string?[] query = [parsed.GetValue(definition) is { } key ? $"definition={Uri.EscapeDataString(key)}" : null, parsed.GetValue(health) is { } colour ? $"health={Uri.EscapeDataString(colour)}" : null];
            var all = await ReadAllAsync(client, string.Join('&', query.Where(q => q is not null)), cancellationToken);
            if (parsed.GetValue(json))
                terminal.Line(OutputJson.Of(all));
            else
                Columns.Write(terminal, all.Select(RowOf));
            return all.Exists(c => IsUrgent((string?)c["attention"])) ? RecipesCommand.Failed : RecipesCommand.Passed;
        });
    }

    private static Command CreateTest(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "Id of the connection; or its name or the stable key of its definition, where that means one alone." };
        var json = new Option<bool>("--json") { Description = "Print what the host answers." };
        return HostOptions.Command("test", "Test a connection. Answers 0 when it works, 1 when it does not.", [name, json], terminal, async (parsed, client, cancellationToken) =>
        {
            var id = await FindAsync(client, parsed.GetValue(name)!, cancellationToken);
            var result = await client.PostAsync($"api/connections/{id}/test", null, cancellationToken);
            if (parsed.GetValue(json))
                terminal.Line(OutputJson.Of(result));
            else
                Tell(result, terminal);
            return (bool)result["passed"]! ? RecipesCommand.Passed : RecipesCommand.Failed;
        });
    }

    private static void Tell(JsonNode result, Terminal terminal)
    {
        var connection = result["connection"]!;
        terminal.Line($"{((bool)result["passed"]! ? "✓" : "✗")} {connection["displayName"]} ({connection["definition"]}): {connection["health"]}, {connection["state"]}{(result["accountLabel"] is { } account ? $", account {account}" : "")}");
        foreach (var text in new[] { result["failure"]?["message"], result["reason"], result["guidance"] }.Where(t => t is not null))
            terminal.Line($"  {text}");
        if (connection["authorizeUrl"] is { } url)
            terminal.Line($"  Authorise it at {url}");
    }

    private static async Task<string> FindAsync(HostClient client, string name, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(name, out var id))
            return id.ToString();
        var found = (await ReadAllAsync(client, "", cancellationToken)).Where(c => (string?)c["definition"] == name || string.Equals((string?)c["displayName"], name, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count switch
        {
            1 => (string)found[0]["id"]!,
            0 => throw new CommandTroubleException($"There is no connection '{name}' that you may manage. recipes connections list has them."),
            _ => throw new CommandTroubleException($"'{name}' means several connections; name one by its id:{Environment.NewLine}{string.Join(Environment.NewLine, found.Select(c => $"  {c["id"]}  {c["displayName"]}, {OwnerOf(c)}"))}"),
        };
    }

    private static async Task<List<JsonNode>> ReadAllAsync(HostClient client, string query, CancellationToken cancellationToken)
    {
        var all = new List<JsonNode>();
        for (var after = ""; ; after = $"&after={all[^1]["id"]}")
        {
            var answer = await client.SendAsync(HttpMethod.Get, $"api/connections?{query}{after}", null, cancellationToken);
            all.AddRange(answer.Json.AsArray()!);
            if (!answer.Headers.Contains("Link") || answer.Status != HttpStatusCode.OK)
                return all;
        }
    }

    // These are seen to by themselves.
    private static bool IsUrgent(string? attention) => attention is not (null or "none" or "beingChecked" or "triedAgain" or "providerIncident");

    private static string[] RowOf(JsonNode connection)
    {
        var attention = (string?)connection["attention"] is { } needed and not "none" ? $"{needed}: {connection["failure"]?["guidance"] ?? connection["failure"]?["message"] ?? ""}".TrimEnd(' ', ':') : "";
        return [(string)connection["id"]!, (string)connection["health"]!, (string)connection["state"]!, (string)connection["definition"]!, OwnerOf(connection), (string)connection["displayName"]!, attention];
    }

    private static string OwnerOf(JsonNode connection) => (string?)connection["owner"]!["id"] ?? (string)connection["owner"]!["kind"]!;
}
