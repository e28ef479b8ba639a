namespace Recipes.Host.Tests.Runs;

/// <summary>A write as it came in at the ledger.</summary>
/// <param name="Place">Its place among all writes, in the order in which they came.</param>
/// <param name="Call">Which call of the recipe it is of.</param>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="Key">Its idempotency key; null for a plain write.</param>
/// <param name="Node">Which process sent it.</param>
/// <param name="Account">Whose credential it came with.</param>
internal sealed record LedgerRequest(int Place, string Call, int Step, string? Key, string Node, string Account, DateTimeOffset At)
{
    /// <summary>Whether something was written; not so for a key that is known, or a credential that is refused.</summary>
    public bool IsEffect { get; set; }

    public int Status { get; set; }

    /// <summary>Whether the reply was lost on purpose.</summary>
    public bool IsDropped { get; set; }

    /// <summary>Whether whoever asked was still there to be answered.</summary>
    public bool IsAnswered { get; set; }
}
