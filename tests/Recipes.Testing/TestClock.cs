namespace Recipes.Testing;

/// <summary>A clock that stands still until <see cref="Advance"/>, with timers that fire while it is advanced.</summary>
/// <remarks>
/// Thread-safe. Timers fire in the order they are due, each with the clock at exactly its time, on the thread that advances.
/// A timer callback may create, change or dispose timers, and may read the clock.
/// </remarks>
public sealed class TestClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<TestTimer> _timers = [];
    private readonly List<(int Timers, TaskCompletionSource Reached)> _watchers = [];
    private DateTimeOffset _now;
    private long _order;

    /// <param name="start">Where the clock starts; by default 2026-01-01 00:00 UTC.</param>
    public TestClock(DateTimeOffset? start = null) => _now = start?.ToUniversalTime() ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers wait to fire.</summary>
    public int WaitingTimers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>Completes when at least so many timers wait to fire: the code under test then sleeps on this clock.</summary>
    /// <exception cref="TimeoutException">After 10 real seconds.</exception>
    public Task WhenWaitingAsync(int timers = 1, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_timers.Count >= timers)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((timers, reached));
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>Moves the clock on and fires what falls due meanwhile.</summary>
    /// <param name="by">0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">When negative: time does not go back.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        AdvanceTo(GetUtcNow() + by);
    }

    /// <summary>Moves the clock to a time and fires what falls due meanwhile.</summary>
    /// <exception cref="ArgumentOutOfRangeException">When it lies in the clock's past.</exception>
    public void AdvanceTo(DateTimeOffset target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target, GetUtcNow());
        while (NextDue(target) is { } timer)
        {
            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new TestTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>The next timer due at or before the target, with the clock put to its time; or null and the clock at the target.</summary>
    private TestTimer? NextDue(DateTimeOffset target)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.Due <= target).OrderBy(timer => timer.Due).ThenBy(timer => timer.Order).FirstOrDefault();
            if (next is null)
            {
                _now = target > _now ? target : _now;
                return null;
            }

            _now = next.Due > _now ? next.Due : _now;
            _timers.Remove(next);
            if (next.Period > TimeSpan.Zero)
            {
                next.Due = _now + next.Period;
                next.Order = _order++;
                _timers.Add(next);
            }

            return next;
        }
    }

    private void Announce() => _watchers.RemoveAll(watcher => _timers.Count >= watcher.Timers && watcher.Reached.TrySetResult());

    private sealed class TestTimer(TestClock clock, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public long Order { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool dueNow;
            lock (clock._lock)
            {
                if (_disposed)
                {
                    return false;
                }

                clock._timers.Remove(this);
                Period = period;
                dueNow = dueTime == TimeSpan.Zero;
                var next = dueNow ? period : dueTime;
                if (next > TimeSpan.Zero)
                {
                    Due = clock._now + next;
                    Order = clock._order++;
                    clock._timers.Add(this);
                    clock.Announce();
                }
            }

            if (dueNow)
            {
                // As with the system's clock: due at once, but not on the caller's stack.
                ThreadPool.QueueUserWorkItem(static timer => timer.Fire(), this, preferLocal: false);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                _disposed = true;
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
