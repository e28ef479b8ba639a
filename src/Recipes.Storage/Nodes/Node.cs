namespace Recipes.Storage;

/// <summary>This process, among those on the same store.</summary>
internal sealed class Node(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long? _shownAt;
    private long _judgesFrom = long.MinValue;
    private TimeSpan _lease;

    public Guid Id { get; } = Guid.CreateVersion7(time.GetUtcNow());

    /// <summary>
    /// Whether it may hold others for gone. Not while it could not reach the database itself for half a lease, nor for a lease after that: then they could
    /// not renew what they have either.
    /// </summary>
    public bool MayJudge
    {
        get
        {
            lock (_lock)
                return time.GetTimestamp() >= _judgesFrom && (_shownAt is not { } at || time.GetElapsedTime(at) <= _lease / 2);
        }
    }

    /// <summary>It has shown in the database that it lives.</summary>
    /// <param name="lease">How long what a node has in hand is left to it.</param>
    public void Shown(TimeSpan lease)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_shownAt is { } at && time.GetElapsedTime(at) > lease / 2)
                _judgesFrom = now + (long)(lease.TotalSeconds * time.TimestampFrequency);
            (_shownAt, _lease) = (now, lease);
        }
    }
}
