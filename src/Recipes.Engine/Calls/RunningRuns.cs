using System.Collections.Concurrent;

namespace Recipes.Engine;

/// <summary>Runs that are under way in this process, and whoever waits for one to end.</summary>
internal sealed class RunningRuns : IDisposable
{
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();
    private readonly ConcurrentDictionary<RunId, TaskCompletionSource<Run>> _awaited = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();

    /// <summary>Signalled when the host stops: no further step begins.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Signalled when the host has waited long enough for requests that are under way.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>The claims under which runs are under way.</summary>
    public ConcurrentDictionary<Guid, byte> Claims { get; } = new();

    public void Track(Task run)
    {
        _tasks[run] = 0;
        _ = ForgetWhenDoneAsync(run);
    }

    /// <summary>What becomes of a run here: ended, or put aside.</summary>
    public Task<Run> Await(RunId run) => _awaited.GetOrAdd(run, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Forget(RunId run) => _awaited.TryRemove(run, out _);

    public void Tell(Run run)
    {
        if (!_awaited.IsEmpty && _awaited.TryRemove(run.Id, out var waiting))
            waiting.TrySetResult(run);
    }

    /// <summary>Tells every run to stop.</summary>
    /// <param name="grace">How long requests under way may take.</param>
    public void Stop(TimeSpan grace)
    {
        if (_stopping.IsCancellationRequested)
            return;
        _stopping.Cancel();
        _abandoned.CancelAfter(grace);
    }

    /// <summary>Tells every run to stop and waits for them; how each left is its own affair.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        Stop(grace);
        foreach (var run in _tasks.Keys)
            await run.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _abandoned.Dispose();
    }

    private async Task ForgetWhenDoneAsync(Task run)
    {
        await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _tasks.TryRemove(run, out _);
    }
}
