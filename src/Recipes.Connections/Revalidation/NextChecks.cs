using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>When connections are checked next without anybody asking, for whoever wants to know.</summary>
public sealed class NextChecks(ICheckSchedule schedule, IOptions<RevalidationOptions> options, TimeProvider time)
{
    /// <summary>Left out are those that wait for a person, and those whose check is due already.</summary>
    public async Task<IReadOnlyDictionary<ConnectionId, DateTimeOffset>> ListAsync(IReadOnlyCollection<Connection> connections, CancellationToken cancellationToken)
    {
        var waiting = connections.Where(c => c.State is ConnectionState.Connected or ConnectionState.Suspect).ToArray();
        if (waiting.Length == 0)
            return new Dictionary<ConnectionId, DateTimeOffset>();
        var times = await schedule.ListAsync([.. waiting.Select(c => c.Id)], cancellationToken);
        var now = time.GetUtcNow();
        return waiting.Where(c => times.ContainsKey(c.Id)).Select(c => (c.Id, At: AfterPause(c, times[c.Id]))).Where(n => n.At > now).ToDictionary(n => n.Id, n => n.At);
    }

    /// <summary>Null when it waits for a person, or is due already.</summary>
    public async Task<DateTimeOffset?> FindAsync(Connection connection, CancellationToken cancellationToken) =>
        (await ListAsync([connection], cancellationToken)).TryGetValue(connection.Id, out var at) ? at : null;

    private DateTimeOffset AfterPause(Connection connection, DateTimeOffset at) =>
        connection is { State: ConnectionState.Suspect, Record.SuspectSince: { } since } && since + options.Value.SuspectPause is var over && over > at ? over : at;
}
