using System.CommandLine;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.CommandLine;

/// <summary><c>recipes connectors list</c>: what there is to connect to.</summary>
internal static class ListCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var folders = new Option<string[]>("--folder") { Description = "A folder of your own beside the built-in connectors; may be given several times." };
        var command = new Command("list", "List the connectors with their schemes.") { folders };
        command.SetAction(parsed => List(parsed.GetValue(folders) ?? [], output, error));
        return command;
    }

    private static int List(string[] folders, TextWriter output, TextWriter error)
    {
        if (folders.FirstOrDefault(f => !Directory.Exists(f)) is { } absent)
        {
            error.WriteLine($"There is no folder '{absent}'.");
            return RecipesCommand.BadArguments;
        }

        var catalogue = ConnectorCatalogue.Load(folders);
        var width = catalogue.Connectors.Max(c => c.Profile.Name.Length);
        foreach (var connector in catalogue.Connectors)
            output.WriteLine($"{connector.Profile.Name.PadRight(width)}  {connector.Profile.DisplayName}: {string.Join(", ", connector.Profile.Schemes.Select(s => s.Name))}{(connector.Profile.Tried == Tried.Live ? " (tried live)" : "")}");
        foreach (var fault in catalogue.Faults)
            error.WriteLine(fault);
        return catalogue.Faults.Count == 0 ? RecipesCommand.Passed : RecipesCommand.Failed;
    }
}
