using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>How many connections are suspect and lost now, for whoever collects metrics. The store is asked at most once a minute, and nobody waits for it.</summary>
public sealed partial class HealthGauge : IDisposable
{
    private static readonly TimeSpan s_freshFor = TimeSpan.FromMinutes(1);

    private readonly IConnectionCounts _counts;
    private readonly TimeProvider _time;
    private readonly ILogger<HealthGauge> _log;
    private readonly Meter _meter = new(ConnectionTelemetry.Name);
    private readonly Lock _lock = new();
    private ConnectionCounts? _known;
    private long? _askedAt;

    public HealthGauge(IConnectionCounts counts, TimeProvider time, ILogger<HealthGauge> log)
    {
        (_counts, _time, _log) = (counts, time, log);
        _meter.CreateObservableGauge("recipes.connections.troubled", Observe, "{connection}", "Connections that are suspect or lost, over all tenants; every node reports all of them.");
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Observe()
    {
        lock (_lock)
        {
            if (_askedAt is not { } at || _time.GetElapsedTime(at) >= s_freshFor)
            {
                _askedAt = _time.GetTimestamp();
                _ = Task.Run(AskAsync);
            }

            return _known is { } known ? [Of("suspect", known.Suspect), Of("lost", known.Lost)] : [];
        }
    }

    private async Task AskAsync()
    {
        try
        {
            var counts = await _counts.CountAsync(CancellationToken.None);
            lock (_lock)
                _known = counts;
        }
        catch (Exception e)
        {
            // The last figures stay until the next time.
            LogFailed(_log, e.GetType().Name);
        }
    }

    private static Measurement<int> Of(string state, int count) => new(count, KeyValuePair.Create("recipes.state", (object?)state));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connections in trouble could not be counted ({Exception})")]
    private static partial void LogFailed(ILogger logger, string exception);
}
