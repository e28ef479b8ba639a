using System.Collections.Concurrent;

namespace Recipes.Connections;

/// <summary>Lets one check after the other find out whether a refused OAuth client works again: one in each pause, however many connections work on it.</summary>
internal sealed class RejectedClients(CheckTimes times, TimeProvider time)
{
    private readonly ConcurrentDictionary<ConnectionDefinitionId, DateTimeOffset> _nextTry = new();

    /// <summary>Whether this check is the one that tries.</summary>
    /// <param name="since">Since when the client has been refused.</param>
    public bool TryEnter(ConnectionDefinitionId definition, DateTimeOffset since, TimeSpan every)
    {
        var now = time.GetUtcNow();
        var next = now + times.PauseSince(since, every);
        while (true)
        {
            if (!_nextTry.TryGetValue(definition, out var due))
            {
                // Others found out a moment ago: nothing has changed since.
                if (_nextTry.TryAdd(definition, now - since < times.PauseSince(since, every) ? next : now))
                    continue;
            }
            else if (due > now)
            {
                return false;
            }
            else if (_nextTry.TryUpdate(definition, next, due))
            {
                return true;
            }
        }
    }

    /// <summary>When the next one may try.</summary>
    public DateTimeOffset NextOf(ConnectionDefinitionId definition) => _nextTry.TryGetValue(definition, out var due) ? due : time.GetUtcNow();

    /// <summary>It works again, or is another one.</summary>
    public void Forget(ConnectionDefinitionId definition) => _nextTry.TryRemove(definition, out _);
}
