using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Tasks.Sources;
using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>One write of a run on its way to the disk, and the promise to its caller. Used again for other runs, so it may be awaited once.</summary>
internal sealed class PendingRun : IValueTaskSource<bool>
{
    /// <summary>Buffers that a large run has blown up are not kept.</summary>
    private const int LargestKept = 64 * 1024;
    private const int MostIdle = 256;
    private static readonly ConcurrentQueue<PendingRun> s_idle = new();

    private readonly ArrayBufferWriter<byte> _buffer = new(2048);
    private readonly Utf8JsonWriter _json;
    // The writer thread must not run its callers' continuations.
    private ManualResetValueTaskSourceCore<bool> _done = new() { RunContinuationsAsynchronously = true };
    private int _connectionsEnd;
    private int _failureEnd;

    private PendingRun() => _json = new(_buffer);

    public RunWrite Write { get; private set; } = null!;

    /// <summary>The run it is about.</summary>
    public Guid Id => Write switch
    {
        RunWrite.Save save => save.Run.Id.Value,
        RunWrite.Start start => start.What.Run.Id.Value,
        RunWrite.Step step => step.What.Run.Value,
        RunWrite.End end => end.Run.Id.Value,
        _ => Guid.Empty,
    };

    /// <summary>Whether it was; false when the claim was not good, or the run is there already.</summary>
    public bool IsWritten { get; set; }

    /// <summary>What is wrong with it alone, although the others of its group are stored; null for nothing.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Until when the claim of a run that begins is good, where this node's clock counts.</summary>
    public DateTimeOffset LeaseUntil { get; private set; }

    public ReadOnlyMemory<byte> Connections => _buffer.WrittenMemory[.._connectionsEnd];

    /// <summary>Empty when the run has not failed.</summary>
    public ReadOnlyMemory<byte> Failure => _buffer.WrittenMemory[_connectionsEnd.._failureEnd];

    /// <summary>Of a step, only what is new; empty for nothing.</summary>
    public ReadOnlyMemory<byte> Journal => _buffer.WrittenMemory[_failureEnd..];

    /// <summary>Completes after the commit, or with what prevented it.</summary>
    public ValueTask<bool> Stored => new(this, _done.Version);

    /// <summary>Spells the run out on the caller's own thread, so that the one writer only writes.</summary>
    public static PendingRun Of(RunWrite write, DateTimeOffset leaseUntil)
    {
        if (!s_idle.TryDequeue(out var pending))
            pending = new();
        try
        {
            (pending.Write, pending.LeaseUntil, pending.IsWritten, pending.Fault) = (write, leaseUntil, false, null);
            pending.Spell();
            return pending;
        }
        catch
        {
            pending.Return();
            throw;
        }
    }

    public void Complete(Exception? error)
    {
        error ??= Fault;
        if (error is null)
            _done.SetResult(IsWritten);
        else
            _done.SetException(error);
    }

    /// <summary>Gives it back; only for one that was never handed to the writer.</summary>
    public void Return()
    {
        Write = null!;
        _done.Reset();
        if (_buffer.Capacity <= LargestKept && s_idle.Count < MostIdle)
            s_idle.Enqueue(this);
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        try
        {
            return _done.GetResult(token);
        }
        finally
        {
            Return();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);

    private void Spell()
    {
        var (run, failure, journal) = Write switch
        {
            RunWrite.Save save => (save.Run, save.Run.Failure, save.Run.Journal),
            RunWrite.Start start => (start.What.Run, start.What.Run.Failure, start.What.Journal),
            RunWrite.Step step => (null, step.What.Pause?.Failure, step.What.Journal),
            RunWrite.End end => (null, end.Run.Failure, end.Run.Journal),
            _ => throw new InvalidOperationException("An unknown write."),
        };
        _buffer.ResetWrittenCount();
        if (run is not null)
            Spell(run.Connections.Select(BoundConnectionJson.Of).ToList(), StoredJson.Default.ListBoundConnectionJson);
        _connectionsEnd = _buffer.WrittenCount;
        if (failure is not null)
            Spell(RunFailureJson.Of(failure), StoredJson.Default.RunFailureJson);
        _failureEnd = _buffer.WrittenCount;
        if (journal.Count > 0 || Write is RunWrite.Save or RunWrite.End)
            Spell(journal.Select(JournalEntryJson.Of).ToList(), StoredJson.Default.ListJournalEntryJson);
    }

    private void Spell<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        _json.Reset();
        JsonSerializer.Serialize(_json, value, type);
        _json.Flush();
    }
}
