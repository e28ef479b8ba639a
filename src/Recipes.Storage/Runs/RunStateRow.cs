namespace Recipes.Storage;

/// <summary>What a run needs to go on, and who does. There is one as long as the run has not ended, and afterwards where its last step may be done again.</summary>
internal sealed class RunStateRow
{
    public Guid RunId { get; init; }
    public required string Tenant { get; init; }
    public required string Recipe { get; init; }

    /// <summary>Under which claim it is run now; null when nobody does.</summary>
    public Guid? Claim { get; init; }

    /// <summary>Whose claim it is.</summary>
    public Guid? Node { get; init; }

    /// <summary>When the claim is anybody's, unless it is renewed; by the clock of the database, where there is one for all nodes.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>When nobody's run may be claimed.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Since when it waits or is held.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The connection that has to heal first.</summary>
    public Guid? HeldBy { get; init; }

    /// <summary>Whose that is.</summary>
    public string? Connector { get; init; }

    /// <summary>How long it was held before, in ticks of 100 ns.</summary>
    public long HeldFor { get; init; }

    /// <summary>How often in a row the node that had it was gone before it had stored anything.</summary>
    public int Losses { get; init; }

    /// <summary>Who has asked for its end; null while nobody has.</summary>
    public string? CancelledBy { get; init; }

    /// <summary>Whether the run has ended, and this is kept for somebody who has its last step done again.</summary>
    public bool IsEnded { get; init; }
    public required byte[] State { get; init; }
}
