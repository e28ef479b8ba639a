using System.CommandLine;
using System.CommandLine.Parsing;

namespace Recipes.CommandLine;

/// <summary>The command <c>recipes</c>: for those who write connectors, keep recipes in git, and look after a host.</summary>
internal static class RecipesCommand
{
    public const int Passed = 0;
    public const int Failed = 1;
    public const int BadArguments = 2;

    /// <summary>Ctrl+C, as shells have it.</summary>
    private const int Interrupted = 130;

    /// <summary>A run goes on only when a person has done something.</summary>
    public const int NeedsSomebody = 3;

    /// <param name="variable">Reads environment variables; the process's own when left out.</param>
    /// <returns>0 when all is well, 1 when something was found or failed, 2 for arguments that make no sense or a host that does not answer, 3 for a run that somebody has to see to.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken, Func<string, string?>? variable = null)
    {
        var terminal = new Terminal(output, error, variable ?? Environment.GetEnvironmentVariable);
        var root = new RootCommand("Recipes: connections and automations.")
        {
            new Command("connectors", "Files that describe apps.")
            {
                CheckCommand.Create(output, error),
                ListCommand.Create(output, error),
                SchemaCommand.Create(output),
            },
            ValidateCommand.Create(terminal),
            RecipeCommands.CreateList(terminal),
            RecipeCommands.CreateShow(terminal),
            CallCommand.Create(terminal),
            RunCommands.Create(terminal),
            ConnectionCommands.Create(terminal),
            ExportCommand.Create(terminal),
            ImportCommand.Create(terminal),
        };
        var parsed = root.Parse(args);
        // A misspelt option would count as an argument otherwise: as a folder to write to, for instance.
        var misspelt = parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash) ? [] : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Where(t => t.Value is ['-', _, ..]).ToList();
        if (parsed.Errors.Count > 0 || misspelt.Count > 0)
        {
            foreach (var fault in parsed.Errors)
                await error.WriteLineAsync(fault.Message);
            foreach (var token in misspelt)
                await error.WriteLineAsync($"There is no option '{token.Value}' here.");
            await error.WriteLineAsync($"Try: {NameOf(parsed.CommandResult.Command)} --help");
            return BadArguments;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
        }
        catch (CommandTroubleException trouble)
        {
            await error.WriteLineAsync(trouble.Message);
            return trouble.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
    }

    private static string NameOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent)} {command.Name}" : "recipes";
}
