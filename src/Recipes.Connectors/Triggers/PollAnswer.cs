using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>What came of asking for one page.</summary>
public abstract record PollAnswer
{
    private PollAnswer()
    {
    }

    /// <param name="Records">Oldest first, as far as this page tells.</param>
    /// <param name="Cursor">JSON text to go on from, to be stored once all records were handed over.</param>
    /// <param name="HasMore">Whether the next page can be asked for at once.</param>
    public sealed record Page(IReadOnlyList<TriggerRecord> Records, string Cursor, bool HasMore) : PollAnswer;

    /// <summary>Nothing was read; the cursor stays.</summary>
    public sealed record Failed(Failure Failure) : PollAnswer;
}
