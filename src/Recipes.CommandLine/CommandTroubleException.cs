namespace Recipes.CommandLine;

/// <summary>Ends a command; the message says why and what to do.</summary>
/// <param name="exitCode">What the command answers.</param>
internal sealed class CommandTroubleException(string message, int exitCode = RecipesCommand.BadArguments) : Exception(message)
{
    public int ExitCode => exitCode;
}
