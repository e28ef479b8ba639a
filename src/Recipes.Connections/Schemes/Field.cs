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

    /// <summary>Where the value is found, for people: an address of the app's own documentation or settings; null when there is none.</summary>
    public Uri? Link { get; init; }

    /// <summary>What a value must match as a whole; null means anything.</summary>
    public ValuePattern? Pattern { get; init; }

    /// <summary>What a value that does not match <see cref="Pattern"/> should look like, in words; null means that the example says it.</summary>
    public string? PatternHelp { get; init; }

    /// <summary>A usual form that a text has to have; null means any.</summary>
    public FieldFormat? Format { get; init; }

    /// <summary>Smallest and largest value of a number, both inclusive; null means no bound.</summary>
    public decimal? Min { get; init; }
    public decimal? Max { get; init; }

    /// <summary>Shown before and after the input, and no part of the value; taken off a value that was pasted with them.</summary>
    public string? Prefix { get; init; }
    public string? Suffix { get; init; }

    /// <summary>Whether the value has several lines: a PEM key, a JSON document.</summary>
    public bool Multiline { get; init; }

    /// <summary>
    /// Whether white space at the ends is taken off. Null means: of plain values it is; of secrets only line breaks are, and spaces are
    /// told to the person, who alone knows whether they belong to it.
    /// </summary>
    public bool? Trim { get; init; }

    /// <summary>When it is asked for, and may have a value other than its default; null means always.</summary>
    public FieldCondition? When { get; init; }

    /// <summary>The values to choose from, for <see cref="FieldKind.Choice"/>.</summary>
    public IReadOnlyList<FieldChoice> Choices { get; init; } = [];

    /// <summary>A plain value as people read it: the label of a choice, yes or no, with what stands around it.</summary>
    public string Show(string value) => Kind switch
    {
        FieldKind.Choice => Choices.FirstOrDefault(c => c.Value == value)?.Label ?? value,
        FieldKind.Boolean => value == "true" ? "Yes" : "No",
        _ => $"{Prefix}{value}{Suffix}",
    };
}
