using System.Collections.Concurrent;
using Recipes.Connections;

namespace Recipes.Engine.Tests;

/// <summary>Store and queue of one node, in memory; what is written can be failed, and a claim can be taken away.</summary>
internal sealed class MemoryRuns : IRunStore, IRunQueue
{
    private readonly TaskCompletionSource<Run> _firstEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private int _looks;
    private readonly Dictionary<RunId, Entry> _entries = new();
    private readonly Dictionary<string, RunId> _keys = new();
    private readonly Dictionary<(string, string), byte[]> _versions = new();

    public ConcurrentDictionary<RunId, Run> All { get; } = new();
    public List<RunStatus> Saved { get; } = [];

    /// <summary>Connections that cannot be used.</summary>
    public HashSet<ConnectionId> Broken { get; } = [];

    /// <summary>Thrown once each by the next writes.</summary>
    public Queue<Exception> Troubles { get; } = new();

    /// <summary>The first run that has ended.</summary>
    public Task<Run> FirstEnded => _firstEnded.Task;

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    public ValueTask SaveAsync(Run run, CancellationToken cancellationToken)
    {
        lock (_lock)
            Put(run);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> StartAsync(RunStart start, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Stumble();
            if (start.OnceKey is { } key && !_keys.TryAdd(key, start.Run.Id))
                return ValueTask.FromResult(false);
            _entries[start.Run.Id] = new() { Claim = start.Claim, State = start.State, DueAt = start.Claim is null ? DateTimeOffset.MinValue : null, Limits = start.Limits };
            Put(start.Run with { Journal = [.. start.Journal] });
            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<bool> StepAsync(RunStep step, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Stumble();
            if (!_entries.TryGetValue(step.Run, out var entry) || entry.Claim != step.Claim || entry.CancelledBy is not null)
                return ValueTask.FromResult(false);
            (entry.State, entry.IsEnded) = (step.State, false);
            var run = All[step.Run];
            if (step.IsReopened)
                run = run with { Status = RunStatus.Running, Failure = null, EndedAt = null, Wait = null };
            run = run with { Journal = [.. run.Journal.Take(step.JournalFrom), .. step.Journal] };
            if (step.Pause is { } pause)
            {
                (entry.Claim, entry.DueAt, entry.HeldBy, entry.Connector) = (null, pause.DueAt, pause.Connection, pause.Connector);
                run = run with { Status = pause.Status, Failure = pause.Failure, Wait = new(pause.Since, pause.DueAt, pause.Connection, pause.Connector) };
            }

            Put(run);
            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<bool> EndAsync(Run run, Guid claim, ReadOnlyMemory<byte> state, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Stumble();
            if (!_entries.TryGetValue(run.Id, out var entry) || entry.Claim != claim)
                return ValueTask.FromResult(false);
            (entry.Claim, entry.State, entry.DueAt, entry.IsEnded) = (null, state, null, true);
            if (state.IsEmpty)
                _entries.Remove(run.Id);
            Put(run);
            return ValueTask.FromResult(true);
        }
    }

    public Task<RunId?> FindOnceAsync(TenantId tenant, string onceKey, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult<RunId?>(_keys.TryGetValue(onceKey, out var run) ? run : null);
    }

    public Task<Run?> FindAsync(TenantId tenant, RunId id, CancellationToken cancellationToken) => Task.FromResult(All.GetValueOrDefault(id));

    public Task<IReadOnlyList<Run>> ListAsync(TenantId tenant, RunFilter filter, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Run>>([.. All.Values]);

    public Task<RunsFound> PageAsync(TenantId tenant, RunQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ReadOnlyMemory<byte>> FindStateAsync(TenantId tenant, RunId id, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(_entries.GetValueOrDefault(id)?.State ?? default);
    }

    public Task<bool> RemoveAsync(TenantId tenant, RunId run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<RunStatus, int>> CountAsync(TenantId tenant, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<RunStatus, int>>(All.Values.GroupBy(r => r.Status).ToDictionary(g => g.Key, g => g.Count()));

    public Task KeepVersionAsync(string recipe, string version, ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        lock (_lock)
            _versions[(recipe, version)] = source.ToArray();
        return Task.CompletedTask;
    }

    public Task<byte[]?> FindVersionAsync(string recipe, string version, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(_versions.GetValueOrDefault((recipe, version)));
    }

    public Task<int> PurgeAsync(DateTimeOffset before, int most, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<IReadOnlyList<ClaimedRun>> ClaimAsync(int most, Func<string, int> mostHealed, IReadOnlyCollection<Guid> inHand, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _looks);
        lock (_lock)
        {
            var now = Time.GetUtcNow();
            var claimed = new List<ClaimedRun>();
            foreach (var (run, entry) in _entries.OrderBy(e => e.Key.Value))
            {
                var isHealed = entry.HeldBy is { } connection && !Broken.Contains(connection);
                if (claimed.Count < most && entry is { Claim: null, IsEnded: false, DueAt: { } due } && due <= now && (entry.HeldBy is null || isHealed) && HasRoom(entry))
                    claimed.Add(Take(run, entry));
            }

            return Task.FromResult<IReadOnlyList<ClaimedRun>>(claimed);
        }
    }

    public Task<ClaimedRun?> ClaimAsync(RunId run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RenewAsync(IReadOnlyCollection<Guid> claims, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<int> CountWaitingAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(_entries.Values.Count(e => e is { Claim: null, DueAt: not null, HeldBy: null }));
    }

    public Task<bool?> CancelAsync(TenantId tenant, RunId run, string canceller, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(run, out var entry) || entry.IsEnded)
                return Task.FromResult<bool?>(null);
            entry.CancelledBy = canceller;
            if (entry.Claim is not null)
                return Task.FromResult<bool?>(false);
            _entries.Remove(run);
            Put(All[run] with { Status = RunStatus.Cancelled, Failure = RunFailure.CancelledBy(canceller), EndedAt = Time.GetUtcNow() });
            return Task.FromResult<bool?>(true);
        }
    }

    public Task<string?> FindCancellerAsync(RunId run, Guid claim, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(_entries.TryGetValue(run, out var entry) && entry.Claim == claim ? entry.CancelledBy : null);
    }

    public Task<bool> ResumeAsync(TenantId tenant, RunId run, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(run, out var entry) || entry.Claim is not null || entry.IsEnded)
                return Task.FromResult(false);
            (entry.DueAt, entry.HeldBy) = (DateTimeOffset.MinValue, null);
            return Task.FromResult(true);
        }
    }

    public Task<ClaimedRun?> ReopenAsync(TenantId tenant, RunId run, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(_entries.TryGetValue(run, out var entry) && entry.IsEnded ? Take(run, entry) : null);
    }

    public Task<IReadOnlyList<RunId>> HeldAsync(TenantId tenant, ConnectionId? connection, int most, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<RunId>>([.. _entries.Where(e => e.Value.HeldBy is { } by && (connection is null || by == connection)).Select(e => e.Key)]);
    }

    /// <summary>Until the queue was looked at so many times more.</summary>
    public async Task LooksAsync(int more)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (var seen = Volatile.Read(ref _looks); Volatile.Read(ref _looks) < seen + more;)
            await Task.Delay(1, limit.Token);
    }

    /// <summary>As if the node that has the runs had died: whoever claims next goes on.</summary>
    public void Strand()
    {
        lock (_lock)
        {
            foreach (var entry in _entries.Values.Where(e => e.Claim is not null))
                (entry.Claim, entry.DueAt) = (null, DateTimeOffset.MinValue);
        }
    }

    private ClaimedRun Take(RunId run, Entry entry)
    {
        var connector = entry.HeldBy is null ? null : entry.Connector;
        (entry.Claim, entry.DueAt, entry.HeldBy) = (Guid.NewGuid(), null, null);
        if (!entry.IsEnded)
            Put(All[run] with { Status = RunStatus.Running, Failure = null, EndedAt = null, Wait = null });
        return new(All[run], entry.Claim.Value, entry.State, connector, TimeSpan.Zero) { IsReopened = entry.IsEnded };
    }

    private bool HasRoom(Entry entry) => entry.Limits.All(l => _entries.Values.Count(e => e.Claim is not null && e.Limits.Any(o => o.Key == l.Key)) < l.Most);

    private void Stumble()
    {
        if (Troubles.TryDequeue(out var trouble))
            throw trouble;
    }

    private void Put(Run run)
    {
        Saved.Add(run.Status);
        All[run.Id] = run;
        if (run.EndedAt is not null)
            _firstEnded.TrySetResult(run);
    }

    private sealed class Entry
    {
        public Guid? Claim { get; set; }
        public DateTimeOffset? DueAt { get; set; }
        public ConnectionId? HeldBy { get; set; }
        public string? Connector { get; set; }
        public string? CancelledBy { get; set; }
        public bool IsEnded { get; set; }
        public ReadOnlyMemory<byte> State { get; set; }
        public IReadOnlyList<RunLimit> Limits { get; init; } = [];
    }
}
