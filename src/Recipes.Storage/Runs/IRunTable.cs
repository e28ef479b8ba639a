namespace Recipes.Storage;

/// <summary>Where one writer puts runs, over a connection of its own.</summary>
internal interface IRunTable : IDisposable
{
    /// <summary>Stores runs in one transaction, each new or in place of what was stored of it. Called by one at a time.</summary>
    /// <exception cref="RunTableAwayException">When nothing can be stored now; any other exception means that one of the runs cannot be.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<PendingRun> runs);
}

/// <summary>The database cannot be written to now, whatever the run; the inner exception says why.</summary>
internal sealed class RunTableAwayException(Exception cause) : Exception(cause.Message, cause);
