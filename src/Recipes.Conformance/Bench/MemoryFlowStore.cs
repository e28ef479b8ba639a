using System.Collections.Concurrent;

namespace Recipes.Conformance;

/// <summary>Flows for the length of one check.</summary>
internal sealed class MemoryFlowStore : IAuthorizationFlowStore
{
    private readonly ConcurrentDictionary<string, AuthorizationFlow> _flows = new();

    public Task AddAsync(AuthorizationFlow flow, CancellationToken cancellationToken)
    {
        _flows[Convert.ToHexString(flow.StateHash)] = flow;
        return Task.CompletedTask;
    }

    public Task<AuthorizationFlow?> FindAsync(byte[] stateHash, CancellationToken cancellationToken) => Task.FromResult(_flows.GetValueOrDefault(Convert.ToHexString(stateHash)));

    public Task<bool> TryTakeAsync(byte[] stateHash, CancellationToken cancellationToken) => Task.FromResult(_flows.TryRemove(Convert.ToHexString(stateHash), out _));

    public Task PurgeAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.CompletedTask;
}
