using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Tasks.Sources;
using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>One run on its way to the disk, and the promise to its caller. Used again for other runs, so it may be awaited once.</summary>
internal sealed class PendingRun : IValueTaskSource
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

    public Run Run { get; private set; } = null!;

    public ReadOnlyMemory<byte> Connections => _buffer.WrittenMemory[.._connectionsEnd];

    /// <summary>Empty when the run has not failed.</summary>
    public ReadOnlyMemory<byte> Failure => _buffer.WrittenMemory[_connectionsEnd.._failureEnd];

    public ReadOnlyMemory<byte> Journal => _buffer.WrittenMemory[_failureEnd..];

    /// <summary>Completes after the commit, or with what prevented it.</summary>
    public ValueTask Stored => new(this, _done.Version);

    /// <summary>Spells the run out on the caller's own thread, so that the one writer only writes.</summary>
    public static PendingRun Of(Run run)
    {
        if (!s_idle.TryDequeue(out var pending))
            pending = new();
        try
        {
            pending.Spell(run);
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
        if (error is null)
            _done.SetResult(true);
        else
            _done.SetException(error);
    }

    /// <summary>Gives it back; only for one that was never handed to the writer.</summary>
    public void Return()
    {
        Run = null!;
        _done.Reset();
        if (_buffer.Capacity <= LargestKept && s_idle.Count < MostIdle)
            s_idle.Enqueue(this);
    }

    void IValueTaskSource.GetResult(short token)
    {
        try
        {
            _done.GetResult(token);
        }
        finally
        {
            Return();
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);

    private void Spell(Run run)
    {
        Run = run;
        _buffer.ResetWrittenCount();
        _json.Reset();
        JsonSerializer.Serialize(_json, run.Connections.Select(BoundConnectionJson.Of).ToList(), StoredJson.Default.ListBoundConnectionJson);
        _json.Flush();
        _connectionsEnd = _buffer.WrittenCount;
        if (run.Failure is { } failure)
        {
            _json.Reset();
            JsonSerializer.Serialize(_json, RunFailureJson.Of(failure), StoredJson.Default.RunFailureJson);
            _json.Flush();
        }
        _failureEnd = _buffer.WrittenCount;
        _json.Reset();
        JsonSerializer.Serialize(_json, run.Journal.Select(JournalEntryJson.Of).ToList(), StoredJson.Default.ListJournalEntryJson);
        _json.Flush();
    }
}
