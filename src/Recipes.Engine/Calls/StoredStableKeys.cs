using System.Collections.Concurrent;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Stable keys from the store. What was found is kept for a short time: every call asks for the same few.</summary>
internal sealed class StoredStableKeys(IConnectionStore store, TimeProvider time) : IStableKeys
{
    /// <summary>How long a definition may be out of date; only its connector and policy are read from it, and the resolver reads the policy itself.</summary>
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(5);

    private const int MostKept = 1000;

    private readonly ConcurrentDictionary<(TenantId, StableKey), (ConnectionDefinition Definition, long At)> _kept = new();

    public async ValueTask<ConnectionDefinition?> FindAsync(TenantId tenant, StableKey key, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue((tenant, key), out var kept) && time.GetElapsedTime(kept.At) < s_fresh)
            return kept.Definition;
        var found = await store.FindDefinitionAsync(tenant, key, cancellationToken);
        if (found is null)
        {
            _kept.TryRemove((tenant, key), out _);
            return null;
        }

        if (_kept.Count >= MostKept)
            _kept.Clear();
        _kept[(tenant, key)] = (found, time.GetTimestamp());
        return found;
    }
}
