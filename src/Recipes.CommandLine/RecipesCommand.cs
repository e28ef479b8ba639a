using System.CommandLine;

namespace Recipes.CommandLine;

/// <summary>The command <c>recipes</c>: for those who write connectors and keep recipes in git.</summary>
internal static class RecipesCommand
{
    public const int Passed = 0;
    public const int Failed = 1;
    public const int BadArguments = 2;

    /// <returns>0 when all is well, 1 when something was found, 2 for arguments that make no sense.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var root = new RootCommand("Recipes: connections and automations.")
        {
            new Command("connectors", "Files that describe apps.")
            {
                CheckCommand.Create(output, error),
                ListCommand.Create(output, error),
                SchemaCommand.Create(output),
            },
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var fault in parsed.Errors)
                await error.WriteLineAsync(fault.Message);
            await error.WriteLineAsync("Try: recipes connectors check --help");
            return BadArguments;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, cancellationToken);
    }
}
