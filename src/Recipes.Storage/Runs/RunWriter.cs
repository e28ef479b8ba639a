using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>
/// Keeps runs. One writer per node puts whatever runs are waiting into one transaction, so that they share one commit;
/// reads go their own way.
/// </summary>
internal sealed partial class RunWriter : IRunStore, IAsyncDisposable, IDisposable
{
    /// <summary>Runs in one transaction, at most: bounds how long the first of them waits, and how long other writers of a file do.</summary>
    private const int LargestGroup = 128;

    /// <summary>Runs that may wait; further callers are held back until there is room.</summary>
    private const int LongestQueue = 1024;

    private readonly Channel<PendingRun> _queue = Channel.CreateBounded<PendingRun>(new BoundedChannelOptions(LongestQueue) { SingleReader = true });
    private readonly PendingRun[] _group = new PendingRun[LargestGroup];
    private readonly IRunTable _table;
    private readonly IDbContextFactory<RecipesDatabase> _databases;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lease;
    private readonly ILogger<RunWriter> _logger;
    private readonly Task _writing;

    public RunWriter(IRunTable table, IDbContextFactory<RecipesDatabase> databases, IOptions<StorageOptions> options, TimeProvider time, ILogger<RunWriter> logger)
    {
        _table = table;
        _databases = databases;
        _time = time;
        _lease = options.Value.RunLease;
        _logger = logger;
        _writing = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    /// <remarks>Cancelling works until the write has its place in the queue; from then on it is done, and the wait is as long as a commit.</remarks>
    /// <exception cref="ObjectDisposedException">When the host is stopping.</exception>
    public async ValueTask SaveAsync(Run run, CancellationToken cancellationToken) => await WriteAsync(new RunWrite.Save(run), cancellationToken);

    public ValueTask<bool> StartAsync(RunStart start, CancellationToken cancellationToken) => WriteAsync(new RunWrite.Start(start), cancellationToken);

    public ValueTask<bool> StepAsync(RunStep step, CancellationToken cancellationToken) => WriteAsync(new RunWrite.Step(step), cancellationToken);

    public ValueTask<bool> EndAsync(Run run, Guid claim, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) => WriteAsync(new RunWrite.End(run, claim, state), cancellationToken);

    public async Task<RunId?> FindOnceAsync(TenantId tenant, string onceKey, CancellationToken cancellationToken)
    {
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        var row = await database.RunKeys.FirstOrDefaultAsync(k => k.Tenant == tenant.Value && k.Key == onceKey, cancellationToken);
        return row is null ? null : new(row.RunId);
    }

    public async Task<Run?> FindAsync(TenantId tenant, RunId id, CancellationToken cancellationToken)
    {
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        var row = await database.Runs.FirstOrDefaultAsync(r => r.Id == id.Value && r.Tenant == tenant.Value, cancellationToken);
        if (row is null)
            return null;
        if (row.EndedAt is not null)
        {
            var mayBeKept = row.Status is nameof(RunStatus.Faulted) or nameof(RunStatus.Flagged);
            return RunRows.ToRun(row, null, []) with { IsKept = mayBeKept && await database.RunStates.AnyAsync(s => s.RunId == id.Value, cancellationToken) };
        }

        var state = await database.RunStates.Where(s => s.RunId == id.Value).Select(RunRows.WithoutState).FirstOrDefaultAsync(cancellationToken);
        return RunRows.ToRun(row, state, await database.RunJournal.Where(j => j.RunId == id.Value).OrderBy(j => j.First).ToListAsync(cancellationToken), _lease);
    }

    public async Task<IReadOnlyList<Run>> ListAsync(TenantId tenant, RunFilter filter, CancellationToken cancellationToken)
    {
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        return await WithStatesAsync(database, await RunRows.Narrow(database.Runs, tenant, filter).ToListAsync(cancellationToken), cancellationToken);
    }

    private async Task<IReadOnlyList<Run>> WithStatesAsync(RecipesDatabase database, List<RunRow> rows, CancellationToken cancellationToken)
    {
        var open = rows.Where(r => r.EndedAt is null).Select(r => r.Id).ToList();
        var states = open.Count == 0 ? [] : await database.RunStates.Where(s => open.Contains(s.RunId)).Select(RunRows.WithoutState).ToDictionaryAsync(s => s.RunId, cancellationToken);
        return [.. rows.Select(r => RunRows.ToRun(r, states.GetValueOrDefault(r.Id), [], _lease))];
    }

    public async Task<RunsFound> PageAsync(TenantId tenant, RunQuery query, CancellationToken cancellationToken)
    {
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        var narrowed = RunRows.Narrow(database.Runs, tenant, query, _time.GetUtcNow());
        var total = await narrowed.CountAsync(cancellationToken);
        if (query.Skip >= total)
            return new([], total);
        var ids = await RunRows.Order(narrowed, query).Select(r => r.Id).Skip(query.Skip).Take(query.Most).ToListAsync(cancellationToken);
        var rows = await database.Runs.Where(r => ids.Contains(r.Id)).Select(RunRows.WithoutData).ToListAsync(cancellationToken);
        var runs = await WithStatesAsync(database, rows, cancellationToken);
        return new([.. runs.OrderBy(r => ids.IndexOf(r.Id.Value))], total);
    }

    public async Task<ReadOnlyMemory<byte>> FindStateAsync(TenantId tenant, RunId id, CancellationToken cancellationToken)
    {
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        return await database.RunStates.Where(s => s.RunId == id.Value && s.Tenant == tenant.Value).Select(s => s.State).FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<IReadOnlyDictionary<RunStatus, int>> CountAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        string[] statuses = [nameof(RunStatus.Running), nameof(RunStatus.Queued), nameof(RunStatus.Waiting), nameof(RunStatus.Held), nameof(RunStatus.Flagged)];
        var counts = await database.Runs.Where(r => r.Tenant == tenant.Value && statuses.Contains(r.Status)).GroupBy(r => r.Status).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        return counts.ToDictionary(c => Enum.Parse<RunStatus>(c.Key), c => c.Count);
    }

    public async Task KeepVersionAsync(string recipe, string version, ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        await database.Database.ExecuteSqlAsync($"INSERT INTO recipe_versions (recipe, version, source) VALUES ({recipe}, {version}, {source.ToArray()}) ON CONFLICT DO NOTHING", cancellationToken);
    }

    public async Task<byte[]?> FindVersionAsync(string recipe, string version, CancellationToken cancellationToken)
    {
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        return (await database.RecipeVersions.FirstOrDefaultAsync(v => v.Recipe == recipe && v.Version == version, cancellationToken))?.Source;
    }

    public async Task<int> PurgeAsync(DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        return await database.Database.ExecuteSqlAsync(
            FormattableStringFactory.Create("DELETE FROM runs WHERE ended_at < {0} AND id IN (SELECT id FROM runs WHERE ended_at < {0} ORDER BY ended_at LIMIT {1})", database.Raw(before), most), cancellationToken);
    }

    /// <summary>Stores what is waiting, then lets go of the database.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
        _table.Dispose();
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private ValueTask<bool> WriteAsync(RunWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = PendingRun.Of(write, _time.GetUtcNow() + _lease);
        var stored = pending.Stored;
        return _queue.Writer.TryWrite(pending) ? stored : WaitForRoomAsync(pending, stored, cancellationToken);
    }

    private async ValueTask<bool> WaitForRoomAsync(PendingRun pending, ValueTask<bool> stored, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            pending.Return();
            ObjectDisposedException.ThrowIf(e is ChannelClosedException, this);
            throw;
        }
        return await stored;
    }

    private async Task WriteAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            var count = 0;
            while (count < LargestGroup && _queue.Reader.TryRead(out var pending))
                _group[count++] = pending;
            // Rows are locked in one order by whoever locks several.
            _group.AsSpan(0, count).Sort(static (a, b) => a.Id.CompareTo(b.Id));
            await WriteGroupAsync(_group.AsMemory(0, count));
        }
    }

    private async ValueTask WriteGroupAsync(ReadOnlyMemory<PendingRun> group)
    {
        var error = await TryWriteAsync(group);
        if (error is null)
        {
            for (var i = 0; i < group.Length; i++)
                group.Span[i].Complete(null);
            return;
        }

        LogGroupFailed(group.Length, error);
        // A run that cannot be stored must not take the others of its group with it. Without a transaction there is nothing to
        // tell apart: the database is locked, full or gone, for all of them.
        for (var i = 0; i < group.Length; i++)
        {
            if (group.Length > 1 && error is not RunTableAwayException)
                group.Span[i].Complete(Cause(await TryWriteAsync(group.Slice(i, 1))));
            else
                group.Span[i].Complete(Cause(error));
        }
    }

    private async ValueTask<Exception?> TryWriteAsync(ReadOnlyMemory<PendingRun> runs)
    {
        try
        {
            await _table.WriteAsync(runs);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static Exception? Cause(Exception? error) => error is RunTableAwayException away ? away.InnerException : error;

    [LoggerMessage(Level = LogLevel.Warning, Message = "A group of {Count} runs could not be stored together; they are tried one by one.")]
    private partial void LogGroupFailed(int count, Exception? exception);
}
