using System.Text.RegularExpressions;

namespace Recipes.Connections;

/// <summary>One thing that a definition or a connection has to say, with the app's own label.</summary>
public sealed record Field
{
    /// <summary>Name in templates, <c>fields.name</c>: letters and digits, a letter first.</summary>
    public required string Name { get; init; }
    public required string Label { get; init; }
    public FieldKind Kind { get; init; } = FieldKind.Text;
    public bool Required { get; init; } = true;

    /// <summary>Whether the flow fills it in, from the token reply, the callback or a follow-up call: then nobody is asked for it.</summary>
    public bool Automatic { get; init; }
    public string? Default { get; init; }
    public string? Help { get; init; }
    public string? Example { get; init; }

    /// <summary>What a value must match as a whole; null means anything.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>The values to choose from, for <see cref="FieldKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}
