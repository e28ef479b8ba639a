using System.Globalization;
using System.Text.Json;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Starts a run for each connection that was lost or works again, as the alerts tell.</summary>
internal sealed class ConnectionEvents(ITriggerStore store, IConnectionStore connections, RecordHandOver handOver, TimeProvider time)
{
    private const int MostAtOnce = 2000;

    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);

    public async Task RunAsync(TriggerTurn turn, Caller caller, PlannedTrigger.ConnectionEvent planned, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var cursor = turn.Trigger.Cursor is { } stored ? JsonSerializer.Deserialize<NewsPlace>(stored)! : new NewsPlace(0, []);
        var news = await store.ListNewsAsync(turn.Trigger.Tenant, cursor.After, MostAtOnce, cancellationToken);
        var (fresh, place) = cursor.Read(news, MostAtOnce, now);
        var definition = planned.Of is { } key ? await connections.FindDefinitionAsync(turn.Trigger.Tenant, key, cancellationToken) : null;
        var records = new List<TriggerRecord>();
        foreach (var one in fresh.Where(n => n.Alert.At >= turn.Trigger.SwitchedAt && planned.Kinds.Contains(n.Alert.Kind)))
        {
            if ((planned.Of is null || one.Alert.Definition == definition?.Id) && await ReadAsync(one.Alert, caller, cancellationToken) is { } record)
                records.Add(record);
        }

        var next = turn.Trigger with { Cursor = JsonSerializer.Serialize(place), Failures = 0, NextAt = news.Count == MostAtOnce && place.After > cursor.After ? now : now + s_every };
        var came = await handOver.HandOverAsync(turn.Trigger, caller, records, turn.HoldsAsync, cancellationToken);
        if (came is HandOver.Done { Runs: > 0 } done)
            next = next with { LastResult = new(TriggerOutcome.Started, done.Runs == 1 ? "1 run was started." : $"{done.Runs} runs were started.", now, done.Runs) };
        await turn.TryEndAsync(came, next, cancellationToken);
    }

    // Only of connections that the person who switched it on may look after.
    private async Task<TriggerRecord?> ReadAsync(Alert alert, Caller caller, CancellationToken cancellationToken)
    {
        var connection = await connections.FindAsync(alert.Connection!.Value, cancellationToken);
        if (connection is null ? !caller.Has(Privileges.ManageConnections) : !caller.MayManage(connection))
            return null;
        var definition = await connections.FindDefinitionAsync(alert.Definition, cancellationToken);
        return new(alert.Id.ToString(), new Dictionary<string, object?>
        {
            ["event"] = alert.Kind == AlertKind.Lost ? "lost" : "healed",
            ["at"] = alert.At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["key"] = definition?.Key.Value,
            ["connectionId"] = alert.Connection.Value.ToString(),
            ["connectionName"] = connection?.Record.DisplayName,
            ["owner"] = connection?.Owner.ToString(),
            ["failure"] = alert.Failure is not { } failure ? null : new Dictionary<string, object?> { ["kind"] = failure.Kind.ToString(), ["message"] = failure.Message, ["status"] = (long?)failure.Status },
        });
    }
}
