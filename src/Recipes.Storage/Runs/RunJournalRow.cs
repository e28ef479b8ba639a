namespace Recipes.Storage;

/// <summary>A part of the journal of a run that has not ended.</summary>
internal sealed class RunJournalRow
{
    public Guid RunId { get; init; }

    /// <summary>Number of its first entry, from 0.</summary>
    public int First { get; init; }

    /// <summary>JSON, UTF-8.</summary>
    public required byte[] Entries { get; init; }
}
