using System.Collections.Concurrent;

namespace Recipes.Engine;

/// <summary>Runs that are under way in this process.</summary>
internal sealed class RunningRuns
{
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Signalled when the host stops.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public void Track(Task run)
    {
        _tasks[run] = 0;
        _ = ForgetWhenDoneAsync(run);
    }

    /// <summary>Tells every run to end and waits for them; how each ended is its own affair.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        foreach (var run in _tasks.Keys)
            await run.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task ForgetWhenDoneAsync(Task run)
    {
        await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _tasks.TryRemove(run, out _);
    }
}
