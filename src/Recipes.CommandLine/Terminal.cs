namespace Recipes.CommandLine;

/// <summary>What surrounds a command: where it writes to, and the environment that it finds.</summary>
/// <param name="Variable">Reads an environment variable.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, Func<string, string?> Variable)
{
    /// <summary>Plain lines: a terminal breaks long ones by itself, and whoever searches finds them.</summary>
    public void Line(string text = "") => Output.WriteLine(text);
}
