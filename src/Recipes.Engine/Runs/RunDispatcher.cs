using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Engine;

/// <summary>Takes runs out of the queue while there is room for them here, and renews the claims of those that are under way.</summary>
internal sealed partial class RunDispatcher(IRunQueue queue, RunExecutor executor, RunningRuns running, IOptions<RecipesEngineOptions> options, TimeProvider time, ILogger<RunDispatcher> log) : BackgroundService
{
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly ConcurrentDictionary<string, int> _resumed = new();
    private int _active;
    private volatile bool _isBehind;

    /// <summary>Takes one of the places for runs, where there is one.</summary>
    public bool TryEnter()
    {
        // Whoever waits in the queue was here first.
        if (_isBehind || running.Stopping.IsCancellationRequested)
            return false;
        if (Interlocked.Increment(ref _active) <= options.Value.RunsAtOnce)
            return true;
        Interlocked.Decrement(ref _active);
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        // Somebody may wait for this one.
        if (Interlocked.Decrement(ref _active) == options.Value.RunsAtOnce - 1)
            Wake();
    }

    /// <summary>Has the queue looked through now.</summary>
    public void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else was quicker.
        }
    }

    /// <summary>Runs something on a place that was taken.</summary>
    public void Run(Guid claim, Func<ValueTask<Run>> run) => running.Track(RunAsync(claim, run, null));

    /// <summary>Goes on with a run that was claimed outside of the queue's order.</summary>
    public void Resume(ClaimedRun claimed, Action<RunMachine>? prepare)
    {
        Interlocked.Increment(ref _active);
        running.Track(RunAsync(claimed.Claim, () => executor.ResumeAsync(claimed, prepare), null));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A short lease may be over before anybody has looked.
        var renewing = RenewAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var claimed = 0;
            try
            {
                claimed = await TakeAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotTaken(e);
            }

            // Where all places are taken, whoever leaves first wakes it up.
            if (claimed == 0 || Volatile.Read(ref _active) >= options.Value.RunsAtOnce)
                await ((Task)_wake.WaitAsync(options.Value.LookEvery, stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<int> TakeAsync(CancellationToken cancellationToken)
    {
        var room = options.Value.RunsAtOnce - Volatile.Read(ref _active);
        if (room <= 0 || running.Stopping.IsCancellationRequested)
            return 0;
        var claimed = await queue.ClaimAsync(room, connector => Math.Min(room, options.Value.ResumedAtOnce - _resumed.GetValueOrDefault(connector)), [.. running.Claims.Keys], cancellationToken);
        _isBehind = claimed.Count >= room;
        foreach (var one in claimed)
        {
            Interlocked.Increment(ref _active);
            if (one.Connector is { } connector)
                _resumed.AddOrUpdate(connector, 1, (_, n) => n + 1);
            running.Track(RunAsync(one.Claim, () => executor.ResumeAsync(one), one.Connector));
        }

        return claimed.Count;
    }

    private async Task RunAsync(Guid claim, Func<ValueTask<Run>> run, string? connector)
    {
        running.Claims[claim] = 0;
        await Task.Yield();
        try
        {
            await run();
        }
        catch (Exception e)
        {
            // Its claim runs out, and it is taken up again from where it was last stored.
            LogRunLeft(e);
        }
        finally
        {
            running.Claims.TryRemove(claim, out _);
            if (connector is not null && _resumed.AddOrUpdate(connector, 0, (_, n) => n - 1) >= 0)
                Wake();
            Leave();
        }
    }

    private async Task RenewAsync(CancellationToken stoppingToken)
    {
        // While the host stops, runs are still brought to where they can be left.
        using var timer = new PeriodicTimer(queue.Lease / 4, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await queue.RenewAsync([.. running.Claims.Keys], stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRenewed(e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queue of runs could not be read; tried again")]
    private partial void LogNotTaken(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The claims of runs could not be renewed; tried again")]
    private partial void LogNotRenewed(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A run was left unfinished; it is taken up again")]
    private partial void LogRunLeft(Exception exception);
}
