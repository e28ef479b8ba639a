namespace Recipes.Storage;

/// <summary>This process, among those on the same store.</summary>
internal sealed class Node(TimeProvider time)
{
    private long _judgesFrom = long.MinValue;

    public Guid Id { get; } = Guid.CreateVersion7(time.GetUtcNow());

    /// <summary>Whether it may hold others for gone. Not for a while after it could not reach the database itself: then they could not either.</summary>
    public bool MayJudge => time.GetTimestamp() >= Volatile.Read(ref _judgesFrom);

    public void JudgesAgainAfter(TimeSpan pause) => Volatile.Write(ref _judgesFrom, time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency));
}
