namespace Recipes.Host.Tests;

/// <summary>The system's clock, which can be put ahead: what is due later is due at once, and nothing has to be waited for.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long _ahead;
    private long _stoppedAt = -1;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

    public override long GetTimestamp() => Interlocked.Read(ref _stoppedAt) is >= 0 and var at ? at : base.GetTimestamp();

    /// <summary>From now on no time passes between two looks: what is remembered for some seconds is remembered for ever.</summary>
    public void StopTimestamps() => Interlocked.Exchange(ref _stoppedAt, base.GetTimestamp());

    /// <param name="by">0 or more.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        Interlocked.Add(ref _ahead, by.Ticks);
    }
}
