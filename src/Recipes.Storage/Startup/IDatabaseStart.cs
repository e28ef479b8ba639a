namespace Recipes.Storage;

/// <summary>Makes a kind of database fit for use.</summary>
internal interface IDatabaseStart
{
    /// <summary>Keeps every other process off the start of this database until it is disposed of, or the process ends.</summary>
    /// <exception cref="StorageStartException">When the database cannot be reached, or another process has held it for too long.</exception>
    Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken);

    /// <summary>Brings the tables up to date. Only under the lock.</summary>
    /// <exception cref="StorageStartException">When that is not possible; the message says what to do.</exception>
    Task MigrateAsync(CancellationToken cancellationToken);
}
