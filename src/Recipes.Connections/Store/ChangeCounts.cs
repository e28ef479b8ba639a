namespace Recipes.Connections;

/// <summary>Counts changes by what was changed, so that an answer from before a change can be told from one after it, without keeping every key.</summary>
/// <remarks>Keys share counters: a change may make an answer to another question look old, never an old one fresh.</remarks>
internal sealed class ChangeCounts
{
    private readonly long[] _counts = new long[4096];
    private long _all;

    /// <summary>Another number than before means that it may have changed.</summary>
    public long Of<TKey>(TKey key)
        where TKey : notnull => Volatile.Read(ref _counts[Place(key)]) + Volatile.Read(ref _all);

    public void Count<TKey>(TKey key)
        where TKey : notnull => Interlocked.Increment(ref _counts[Place(key)]);

    public void CountAll() => Interlocked.Increment(ref _all);

    private int Place<TKey>(TKey key)
        where TKey : notnull => key.GetHashCode() & (_counts.Length - 1);
}
