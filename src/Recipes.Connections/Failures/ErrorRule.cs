namespace Recipes.Connections;

/// <summary>A connector's own reading of an answer, tried before the general table. All conditions that are given must hold.</summary>
public sealed record ErrorRule
{
    /// <summary>Statuses it applies to; empty means any.</summary>
    public IReadOnlyList<int> Statuses { get; init; } = [];

    /// <summary>A response header that must be present (or absent, see <see cref="HeaderAbsent"/>).</summary>
    public string? Header { get; init; }

    public bool HeaderAbsent { get; init; }

    /// <summary>What the value of <see cref="Header"/> must match; null means: must be present.</summary>
    public ValuePattern? HeaderPattern { get; init; }

    /// <summary>Media type of the answer, without its parameters, for instance <c>text/html</c>; null means any.</summary>
    public string? ContentType { get; init; }

    /// <summary>Path into a JSON body, segments parted by dots (a number is a list index); null means the whole body as text.</summary>
    public IReadOnlyList<string>? BodyPath { get; init; }

    /// <summary>What the value at <see cref="BodyPath"/> must match; null with a path means: must be present.</summary>
    public ValuePattern? Pattern { get; init; }

    public required FailureKind Kind { get; init; }

    internal bool NeedsBody => BodyPath is not null || Pattern is not null;
}
