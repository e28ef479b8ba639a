namespace Recipes.Connectors;

/// <summary>One thing that is wrong with a connector file.</summary>
/// <param name="File">Path of the file as it was given, or the name of a built-in one.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
public sealed record ConnectorFault(string File, int Line, int Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
