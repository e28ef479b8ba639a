namespace Recipes.Host;

/// <summary>One version of a recipe: its file, one of its former files, or its draft.</summary>
internal sealed record DesignedVersion
{
    public required StudioVersion Id { get; init; }

    /// <summary>1 for the first; a draft has the next one.</summary>
    public required int Number { get; init; }

    /// <summary>What it is called, for people.</summary>
    public required string Title { get; init; }
    public string? Description { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Who saved or published it; null where the file was changed in the folder.</summary>
    public string? By { get; init; }

    /// <summary>Whether it is what is worked on: the draft, or else the file.</summary>
    public bool IsLatest { get; init; }

    /// <summary>Whether it is the file in the folder.</summary>
    public bool IsPublished { get; init; }

    /// <summary>Tells whether what somebody looks at is still what is there.</summary>
    public required string Revision { get; init; }
}
