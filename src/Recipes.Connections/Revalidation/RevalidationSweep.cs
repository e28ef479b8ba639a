using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>
/// Checks the connections whose time has come: in parallel, few at a time for each host, each with its next time afterwards whatever came of it. A host that is slow
/// holds up nobody else's connections, and one that does not answer is left alone for a while, with nothing noted against the connections that were not tried.
/// </summary>
internal sealed partial class RevalidationSweep(
    ICheckSchedule schedule, IConnectionStore store, ConnectionCheck checks, CheckTimes times, EgressGuard guard, IOptions<RevalidationOptions> options, TimeProvider time, ILogger<RevalidationSweep> log) : ISweep
{
    private const int Batch = 200;
    private const int MostWaiting = 20_000;

    // A new token, a probe, another token and the probe again, and something to ask besides.
    private const int RequestsOfACheck = 5;

    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, HostLane> _lanes = [];
    private readonly Queue<HostLane> _ready = new();
    private readonly List<CompletedCheck> _completed = [];
    private int _waiting;
    private DateTimeOffset? _completeBy;

    public string Name => "revalidation";

    public TimeSpan Every => options.Value.Interval;

    private bool HasRoom => _ready.Count < options.Value.AtOnce && _waiting < MostWaiting;

    private TimeSpan LongestCheck => guard.Timeout * RequestsOfACheck;

    /// <summary>Checks what is due until nothing is.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await CheckDueAsync(cancellationToken);
        }
        finally
        {
            foreach (var host in _lanes.Values.Where(l => l.IsForgettable).Select(l => l.Host).ToArray())
                _lanes.Remove(host);
            _one.Release();
        }
    }

    private async Task CheckDueAsync(CancellationToken cancellationToken)
    {
        var ended = Channel.CreateUnbounded<Ended>(new() { SingleReader = true });
        var running = 0;
        var lookAgain = time.GetUtcNow();
        try
        {
            while (true)
            {
                // More than can be started keeps nobody waiting; and while a slow host is being asked others come due.
                var (looks, found) = (HasRoom && (running == 0 || time.GetUtcNow() >= lookAgain), 0);
                if (looks)
                {
                    // What is written down late comes late: nobody gets a suspect for its deciding probe before its claim is over.
                    await CompleteAsync(cancellationToken);
                    found = await TakeDueAsync(cancellationToken);
                    lookAgain = time.GetUtcNow() + (found == Batch ? TimeSpan.Zero : options.Value.Interval);
                }

                while (running < options.Value.AtOnce && _ready.TryDequeue(out var lane))
                    running += Start(lane, ended.Writer, cancellationToken);
                if (_completed.Count >= Batch || running == 0 || time.GetUtcNow() >= _completeBy)
                    await CompleteAsync(cancellationToken);
                if (running == 0 && looks && found == 0)
                    return;
                if (running > 0)
                    await WaitAsync(ended.Reader, HasRoom ? lookAgain : _completeBy, cancellationToken);
                while (ended.Reader.TryRead(out var one))
                {
                    running--;
                    End(one);
                }
            }
        }
        finally
        {
            await LeaveAsync(ended.Reader, running);
        }
    }

    private async Task<int> TakeDueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var claims = await schedule.ClaimAsync(now, now - options.Value.SuspectPause, now + s_longestWait + (2 * LongestCheck), Batch, cancellationToken);
        if (claims.Count == 0)
            return 0;
        var connections = await ReadAsync(claims, cancellationToken);
        foreach (var claim in claims)
        {
            // One that was deleted meanwhile needs no next time.
            if (connections.TryGetValue(claim.Connection, out var connection))
                await AdmitAsync(claim, connection, cancellationToken);
        }

        return claims.Count;
    }

    private async Task<Dictionary<ConnectionId, Connection>> ReadAsync(IReadOnlyList<CheckClaim> claims, CancellationToken cancellationToken)
    {
        try
        {
            return (await store.FindAllAsync([.. claims.Select(c => c.Connection)], cancellationToken)).ToDictionary(c => c.Id);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRead(log, e);
        }

        // One that cannot be read holds up no other.
        var read = new Dictionary<ConnectionId, Connection>();
        foreach (var claim in claims)
        {
            try
            {
                if (await store.FindAsync(claim.Connection, cancellationToken) is { } connection)
                    read[claim.Connection] = connection;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(log, e, claim.Connection);
                Complete(claim, AfterTrouble());
            }
        }

        return read;
    }

    // Trouble of our own tells nothing of a connection: it does not wait for its next day.
    private DateTimeOffset AfterTrouble() => times.After(options.Value.Every < s_longestWait ? options.Value.Every : s_longestWait);

    private async Task AdmitAsync(CheckClaim claim, Connection connection, CancellationToken cancellationToken)
    {
        try
        {
            var (host, nextAt) = await checks.AdmitAsync(connection, cancellationToken);
            if (host is null)
                Complete(claim, nextAt);
            else
                Queue(new DueCheck(claim, host), first: false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(log, e, connection.Id);
            Complete(claim, AfterTrouble());
        }
    }

    private void Queue(DueCheck check, bool first)
    {
        if (!_lanes.TryGetValue(check.Host, out var lane))
            _lanes[check.Host] = lane = new(check.Host);
        if (lane.ClosedUntil is { } closed && closed > time.GetUtcNow())
        {
            Complete(check.Claim, times.NotBefore(closed));
            return;
        }

        // Nobody waits in memory for longer than a claim lasts.
        if (!first && lane.ExpectedWait(options.Value.MostPerHost) is var wait && wait > s_longestWait)
        {
            Complete(check.Claim, time.GetUtcNow() + wait);
            return;
        }

        lane.Add(check, first);
        _waiting++;
        Ready(lane);
    }

    private void Ready(HostLane lane)
    {
        if (lane.IsReady || !lane.CanStart(options.Value.MostPerHost))
            return;
        lane.IsReady = true;
        _ready.Enqueue(lane);
    }

    /// <returns>How many checks were started: one, or none.</returns>
    private int Start(HostLane lane, ChannelWriter<Ended> ended, CancellationToken cancellationToken)
    {
        lane.IsReady = false;
        if (!lane.CanStart(options.Value.MostPerHost))
            return 0;
        var check = lane.Start();
        _waiting--;
        // Back at the end of the line: every host has its turn.
        Ready(lane);
        var silentSince = lane.SilentSince;
        _ = Task.Run(() => StepAsync(check, lane, silentSince, ended, cancellationToken), CancellationToken.None);
        return 1;
    }

    private async Task StepAsync(DueCheck check, HostLane lane, DateTimeOffset? silentSince, ChannelWriter<Ended> ended, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        CheckStep? step = null;
        try
        {
            // What waited too long may be somebody else's in the middle of it.
            step = check.Claim.Until - time.GetUtcNow() < LongestCheck
                ? new CheckStep.Done(times.NotBefore(time.GetUtcNow() + s_longestWait), null)
                : await checks.StepAsync(check, silentSince, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(log, e, check.Claim.Connection);
            step = new CheckStep.Done(AfterTrouble(), null);
        }
        catch (OperationCanceledException)
        {
            // It is given back below, due as before.
        }
        finally
        {
            ended.TryWrite(new(check, lane, step, time.GetElapsedTime(started)));
        }
    }

    private void End(Ended one)
    {
        var (check, lane, step, took) = one;
        lane.Ended((step as CheckStep.Done)?.Answered, took, time.GetUtcNow());
        switch (step)
        {
            case CheckStep.Moved moved:
                check.Host = moved.Host;
                Queue(check, first: true);
                break;
            case CheckStep.Done done:
                Complete(check.Claim, done.NextAt);
                break;
        }

        if (lane.Unanswered >= HostLane.MostUnanswered && step is CheckStep.Done { Answered: false })
            Close(lane);
        Ready(lane);
    }

    private void Close(HostLane lane)
    {
        // Those that were under way when it was closed have nothing to add.
        if (lane.ClosedUntil > time.GetUtcNow())
            return;
        var until = times.After(times.PauseSince(lane.SilentSince!.Value, options.Value.Every));
        lane.ClosedUntil = until;
        var left = lane.Clear();
        _waiting -= left.Count;
        foreach (var check in left)
            Complete(check.Claim, times.NotBefore(until));
        LogSilent(log, lane.Host, lane.SilentSince.Value, until, left.Count);
    }

    private void Complete(CheckClaim claim, DateTimeOffset nextAt)
    {
        _completeBy ??= time.GetUtcNow() + options.Value.Interval;
        _completed.Add(new(claim, nextAt));
    }

    private async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_completed.Count == 0)
            return;
        await schedule.CompleteAsync(_completed, cancellationToken);
        _completed.Clear();
        _completeBy = null;
    }

    /// <param name="until">Null when only the end of a check is waited for.</param>
    private async Task WaitAsync(ChannelReader<Ended> ended, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var pause = until - time.GetUtcNow() ?? Timeout.InfiniteTimeSpan;
        if (until is not null && pause <= TimeSpan.Zero)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var next = ended.WaitToReadAsync(either.Token).AsTask();
        if (!next.IsCompleted)
            await Task.WhenAny(next, Task.Delay(pause, time, either.Token));
        await either.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    // Whatever ended this round: what is under way ends, what was begun and not done is due as before, and what was done is written down.
    private async Task LeaveAsync(ChannelReader<Ended> ended, int running)
    {
        for (; running > 0; running--)
        {
            var one = await ended.ReadAsync(CancellationToken.None);
            one.Lane.Ended((one.Step as CheckStep.Done)?.Answered, one.Took, time.GetUtcNow());
            Complete(one.Check.Claim, one.Step is CheckStep.Done done ? done.NextAt : one.Check.Claim.At);
        }

        foreach (var lane in _lanes.Values)
        {
            foreach (var check in lane.Clear())
                Complete(check.Claim, check.Claim.At);
            lane.IsReady = false;
        }

        _ready.Clear();
        _waiting = 0;
        try
        {
            await CompleteAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            // The claims end by themselves.
            _completed.Clear();
            _completeBy = null;
            LogNotCompleted(log, e);
        }
    }

    private sealed record Ended(DueCheck Check, HostLane Lane, CheckStep? Step, TimeSpan Took);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connections that are due could not be read together; they are read one by one")]
    private static partial void LogNotRead(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The check of connection {Connection} failed; it comes again")]
    private static partial void LogFailed(ILogger logger, Exception exception, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Host} has not answered since {Since}. It is left alone until {Until}; {Left} more of its connections were not tried")]
    private static partial void LogSilent(ILogger logger, string host, DateTimeOffset since, DateTimeOffset until, int left);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The next times of checked connections could not be stored; they are checked again when their claims end")]
    private static partial void LogNotCompleted(ILogger logger, Exception exception);
}
