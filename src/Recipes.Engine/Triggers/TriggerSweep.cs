using System.Collections.Concurrent;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>
/// Looks for triggers that are due: claims them, in turn over tenants and apps, and works on many at once. A slow app holds up nobody else's: few of one
/// type are asked at the same time, and others are claimed as soon as there is room.
/// </summary>
internal sealed class TriggerSweep : ISweep
{
    private const int MostAtOnce = 32;
    private const int MostOfOneType = 8;

    private readonly ITriggerStore _store;
    private readonly RecipeCatalogue _catalogue;
    private readonly TriggerWork _work;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _one = new(1);
    private Dictionary<string, string> _known = [];
    private int _changed = 1;

    public TriggerSweep(ITriggerStore store, RecipeCatalogue catalogue, TriggerWork work, TimeProvider time)
    {
        (_store, _catalogue, _work, _time) = (store, catalogue, work, time);
        catalogue.Changed += (_, _) => Interlocked.Exchange(ref _changed, 1);
    }

    public string Name => "triggers";

    public TimeSpan Every => TimeSpan.FromSeconds(2);

    /// <summary>Works until nothing is due.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await WorkAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task WakeAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        await _store.WakeAsync(now, cancellationToken);
        if (Interlocked.Exchange(ref _changed, 0) == 0)
            return;
        try
        {
            var current = _catalogue.All.ToDictionary(r => r.Name, r => r.Version);
            string[] changed = [.. current.Keys.Union(_known.Keys).Where(n => current.GetValueOrDefault(n) != _known.GetValueOrDefault(n))];
            if (changed.Length > 0)
                await _store.WakeAsync(changed, now, cancellationToken);
            _known = current;
        }
        catch
        {
            Interlocked.Exchange(ref _changed, 1);
            throw;
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        var running = new ConcurrentDictionary<Task, string>();
        try
        {
            var found = true;
            while (found || !running.IsEmpty)
            {
                if (!found || running.IsEmpty)
                    await WakeAsync(cancellationToken);
                var room = MostAtOnce - running.Count;
                found = room > 0 && await ClaimAsync(running, room, cancellationToken);
                // A slow one is not waited for while others come due.
                if (!found && !running.IsEmpty)
                    await Task.WhenAny([.. running.Keys, Task.Delay(TimeSpan.FromSeconds(1), _time, cancellationToken)]);
                foreach (var ended in running.Keys.Where(t => t.IsCompleted))
                    running.TryRemove(ended, out _);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            foreach (var task in running.Keys)
                await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> ClaimAsync(ConcurrentDictionary<Task, string> running, int room, CancellationToken cancellationToken)
    {
        string[] full = [.. running.Values.GroupBy(t => t).Where(g => g.Count() >= MostOfOneType).Select(g => g.Key)];
        var owner = Guid.CreateVersion7(_time.GetUtcNow());
        var claimed = await _store.ClaimAsync(owner, _time.GetUtcNow(), TriggerTurn.Life, Math.Min(room, MostOfOneType), full, cancellationToken);
        foreach (var trigger in claimed)
            running[Task.Run(() => _work.RunAsync(trigger, owner, byHand: false, cancellationToken), CancellationToken.None)] = trigger.Type;
        return claimed.Count > 0;
    }
}
