using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recipes.Connections;
using Recipes.Engine;
using SQLitePCL;

namespace Recipes.Storage;

/// <summary>
/// Keeps runs. One writer per node puts whatever runs are waiting into one transaction, so that they share one commit;
/// reads go their own way.
/// </summary>
internal sealed partial class RunWriter : IRunStore, IAsyncDisposable, IDisposable
{
    /// <summary>Runs in one transaction, at most: bounds how long the first of them waits, and how long other writers of the file do.</summary>
    private const int LargestGroup = 128;

    /// <summary>Runs that may wait; further callers are held back until there is room.</summary>
    private const int LongestQueue = 1024;

    private readonly Channel<PendingRun> _queue = Channel.CreateBounded<PendingRun>(new BoundedChannelOptions(LongestQueue) { SingleReader = true });
    private readonly List<PendingRun> _group = new(LargestGroup);
    private readonly IDbContextFactory<RecipesDatabase> _databases;
    private readonly StorageOptions _options;
    private readonly ILogger<RunWriter> _logger;
    private readonly Task _writing;
    private SqliteConnection? _connection;
    private RunStatement? _statement;

    public RunWriter(IDbContextFactory<RecipesDatabase> databases, IOptions<StorageOptions> options, ILogger<RunWriter> logger)
    {
        _databases = databases;
        _options = options.Value;
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
        await using var database = await _databases.CreateDbContextAsync(cancellationToken);
        if (await database.ReadAsync("SELECT 1 FROM runs WHERE status = 'Running' LIMIT 1", _ => true, cancellationToken) is [])
            return 0;
        var (running, faulted) = (nameof(RunStatus.Running), nameof(RunStatus.Faulted));
        var words = JsonSerializer.Serialize(RunFailureJson.Of(failure), StoredJson.Default.RunFailureJson);
        return await database.Runs.Where(r => r.Status == running)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.Status, faulted).SetProperty(r => r.EndedAt, at).SetProperty(r => r.Failure, words), cancellationToken);
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

    /// <summary>Stores what is waiting, then lets go of the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
        Close();
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
            while (_group.Count < LargestGroup && _queue.Reader.TryRead(out var pending))
                _group.Add(pending);
            WriteGroup();
            _group.Clear();
        }
    }

    private void WriteGroup()
    {
        if (TryWrite(0, _group.Count, out var error, out var began))
        {
            foreach (var pending in _group)
                pending.Complete(null);
            return;
        }
        LogGroupFailed(_group.Count, error);
        // A run that cannot be stored must not take the others of its group with it. Without a transaction there is nothing to
        // tell apart: the file is locked, full or gone, for all of them.
        for (var i = 0; i < _group.Count; i++)
        {
            Exception? own = error;
            if (_group.Count > 1 && began && TryWrite(i, 1, out own, out began))
                own = null;
            _group[i].Complete(own);
        }
    }

    /// <param name="began">Whether a transaction could be begun at all.</param>
    private bool TryWrite(int first, int count, out Exception? error, out bool began)
    {
        began = false;
        try
        {
            var statement = Open();
            Run("BEGIN IMMEDIATE");
            began = true;
            for (var i = first; i < first + count; i++)
                statement.Execute(_group[i]);
            Run("COMMIT");
            error = null;
            return true;
        }
        catch (Exception e)
        {
            error = e;
            Abandon();
            return false;
        }
    }

    private RunStatement Open()
    {
        if (_statement is not null)
            return _statement;
        _connection = new(SqliteRecipes.ConnectionString(_options.DatabaseFile, pooled: false));
        _connection.Open();
        SqlitePragmas.Set(_connection, _options.RunSynchronous);
        return _statement = new(_connection);
    }

    private void Run(string sql)
    {
        var database = _connection!.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(database, sql), database);
    }

    /// <summary>Rolls back what is left of a failed transaction; a connection that cannot even do that is opened anew.</summary>
    private void Abandon()
    {
        // Some errors (disk full, I/O) have rolled back by themselves.
        if (_statement is not null && (raw.sqlite3_get_autocommit(_connection!.Handle!) != 0 || raw.sqlite3_exec(_connection.Handle!, "ROLLBACK") == raw.SQLITE_OK))
            return;
        Close();
    }

    private void Close()
    {
        _statement?.Dispose();
        _statement = null;
        _connection?.Dispose();
        _connection = null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A group of {Count} runs could not be stored together; they are tried one by one.")]
    private partial void LogGroupFailed(int count, Exception? exception);
}
