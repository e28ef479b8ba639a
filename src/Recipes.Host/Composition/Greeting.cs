namespace Recipes.Host;

/// <summary>What a person in front of the terminal is told once the host listens.</summary>
internal static class Greeting
{
    public static async Task WriteAsync(Uri address, OperatorSetup setup, TextWriter terminal)
    {
        await terminal.WriteLineAsync($"Recipes listens on {address}");
        if (setup.NewToken is not { } token)
        {
            if (File.Exists(setup.TokenFile))
                await terminal.WriteLineAsync($"Sign in at {new Uri(address, "/sign-in")} with the token in {setup.TokenFile}");
            return;
        }

        await terminal.WriteLineAsync($"This is the first start: the user 'operator' was made. Sign in at {new Uri(address, "/sign-in")}");
        // What is not a terminal ends up in a file.
        await terminal.WriteLineAsync(Console.IsOutputRedirected ? $"The operator's token is in {setup.TokenFile}" : $"The operator's token, also in {setup.TokenFile}:\n\n  {token.Reveal()}\n");
    }
}
