using System.Collections.Concurrent;

namespace Recipes.Conformance;

/// <summary>Device authorizations for the length of one check.</summary>
internal sealed class MemoryDeviceFlowStore : IDeviceFlowStore
{
    private readonly ConcurrentDictionary<ConnectionId, DeviceFlow> _flows = new();

    public Task ReplaceAsync(DeviceFlow flow, CancellationToken cancellationToken)
    {
        _flows[flow.ConnectionId] = flow;
        return Task.CompletedTask;
    }

    public Task<DeviceFlow?> FindAsync(ConnectionId connection, CancellationToken cancellationToken) => Task.FromResult(_flows.GetValueOrDefault(connection));

    public Task<IReadOnlyList<ConnectionId>> ListDueAsync(DateTimeOffset now, int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ConnectionId>>([.. _flows.Values.Where(f => f.Status == DeviceFlowStatus.Pending && f.NextPollAt <= now).OrderBy(f => f.NextPollAt).Take(most).Select(f => f.ConnectionId)]);

    public Task<bool> TryClaimAsync(DeviceFlow seen, DateTimeOffset until, CancellationToken cancellationToken) =>
        Task.FromResult(_flows.TryUpdate(seen.ConnectionId, seen with { NextPollAt = until }, seen));

    public Task ScheduleAsync(Guid id, DateTimeOffset nextPollAt, TimeSpan interval, CancellationToken cancellationToken) => Change(id, f => f with { NextPollAt = nextPollAt, Interval = interval });

    public Task EndAsync(Guid id, DeviceFlowStatus status, Failure? failure, CancellationToken cancellationToken) => Change(id, f => f with { Status = status, Failure = failure });

    private Task Change(Guid id, Func<DeviceFlow, DeviceFlow> change)
    {
        if (_flows.Values.FirstOrDefault(f => f.Id == id) is { } flow)
            _flows[flow.ConnectionId] = change(flow);
        return Task.CompletedTask;
    }
}
