using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>The sweeps of this node: runs one when its time has come, and knows how it went last.</summary>
public sealed partial class Sweeps
{
    private readonly Dictionary<string, ISweep> _all;
    private readonly ConcurrentDictionary<string, SweepRun> _last = new();
    private readonly ConcurrentDictionary<string, bool> _running = new();
    private readonly TimeProvider _time;
    private readonly ILogger<Sweeps> _log;

    /// <exception cref="ArgumentException">When two have the same name.</exception>
    public Sweeps(IEnumerable<ISweep> all, TimeProvider time, ILogger<Sweeps> log) => (_all, _time, _log) = (all.ToDictionary(s => s.Name), time, log);

    public IReadOnlyCollection<ISweep> All => _all.Values;

    /// <summary>How it went here last; null when it has not ended here yet.</summary>
    public SweepRun? LastRunOf(string name) => _last.GetValueOrDefault(name);

    /// <summary>Runs a sweep unless it is still running here. What it throws is logged.</summary>
    /// <returns>False when there is no such sweep, or it was running already.</returns>
    /// <exception cref="OperationCanceledException">When it was cancelled.</exception>
    public async Task<bool> TryRunAsync(string name, CancellationToken cancellationToken)
    {
        if (!_all.TryGetValue(name, out var sweep) || !_running.TryAdd(name, true))
            return false;
        var started = _time.GetUtcNow();
        using var activity = ConnectionTelemetry.StartSweep(name);
        try
        {
            await sweep.RunAsync(cancellationToken);
            _last[name] = new(started, _time.GetUtcNow(), Failed: false);
            ConnectionTelemetry.Swept(name, _time.GetUtcNow() - started, failed: false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _last[name] = new(started, _time.GetUtcNow(), Failed: true);
            ConnectionTelemetry.Swept(name, _time.GetUtcNow() - started, failed: true);
            LogFailed(name, e);
        }
        finally
        {
            _running.TryRemove(name, out _);
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sweep {Sweep} failed; it comes again")]
    private partial void LogFailed(string sweep, Exception exception);
}
