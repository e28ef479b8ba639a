using System.CommandLine;
using Recipes.Connectors;

namespace Recipes.CommandLine;

/// <summary><c>recipes connectors schema</c>: the JSON schema of connector files, for editors.</summary>
internal static class SchemaCommand
{
    public static Command Create(TextWriter output)
    {
        var command = new Command("schema", "Print the JSON schema of connector files.");
        command.SetAction(_ =>
        {
            output.WriteLine(ConnectorCatalogue.Schema);
            return RecipesCommand.Passed;
        });
        return command;
    }
}
