using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
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
    private readonly Node _node;
    private readonly ILogger<RunWriter> _logger;
    private readonly Task _writing;

    public RunWriter(IRunTable table, IDbContextFactory<RecipesDatabase> databases, Node node, ILogger<RunWriter> logger)
    {
        _table = table;
        _databases = databases;
        _node = node;
        _logger = logger;
        _writing = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    /// <remarks>Cancelling works until the run has its place in the queue; from then on it is stored, and the wait is as long as a commit.</remarks>
    /// <exception cref="ObjectDisposedException">When the host is stopping.</exception>
    public ValueTask SaveAsync(Run run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = PendingRun.Of(run);
        var stored = pending.Stored;
        return _queue.Writer.TryWrite(pending) ? stored : WaitForRoomAsync(pending, stored, cancellationToken);
    }

    public async Task<int> EndLeftoversAsync(RunFailure failure, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (!_node.MayJudge)
            return 0;
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        if (await database.ReadAsync("SELECT 1 FROM runs WHERE status = 'Running' LIMIT 1", _ => true, cancellationToken) is [])
            return 0;
        var words = JsonSerializer.Serialize(RunFailureJson.Of(failure), StoredJson.Default.RunFailureJson);
        return await database.Database.ExecuteSqlAsync(FormattableStringFactory.Create($$"""
            UPDATE runs SET status = '{{nameof(RunStatus.Faulted)}}', ended_at = {0}, failure = {1}
            WHERE status = '{{nameof(RunStatus.Running)}}' AND node IS DISTINCT FROM {2} AND {{database.NodeIsGone}}
            """, database.Raw(at), words, database.Raw(_node.Id)), cancellationToken);
    }

    public async Task<Run?> FindAsync(TenantId tenant, RunId id, CancellationToken cancellationToken)
    {
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        var row = await database.Runs.FirstOrDefaultAsync(r => r.Id == id.Value && r.Tenant == tenant.Value, cancellationToken);
        return row is null ? null : RunRows.ToRun(row);
    }

    public async Task<IReadOnlyList<Run>> ListAsync(TenantId tenant, RunFilter filter, CancellationToken cancellationToken)
    {
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        var rows = await RunRows.Narrow(database.Runs, tenant, filter).ToListAsync(cancellationToken);
        return [.. rows.Select(RunRows.ToRun)];
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

    private async ValueTask WaitForRoomAsync(PendingRun pending, ValueTask stored, CancellationToken cancellationToken)
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
        await stored;
    }

    private async Task WriteAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            var count = 0;
            while (count < LargestGroup && _queue.Reader.TryRead(out var pending))
                _group[count++] = pending;
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
