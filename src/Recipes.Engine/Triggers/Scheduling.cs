using System.Globalization;
using System.Text.Json;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Starts a run for each time of a schedule that has come. The cursor is the last time that was dealt with.</summary>
internal sealed class Scheduling(RecordHandOver handOver, TimeProvider time)
{
    private const int MostMissed = 100;

    /// <summary>A time that is dealt with so late is not missed yet.</summary>
    private static readonly TimeSpan s_onTime = TimeSpan.FromMinutes(1);

    /// <summary>Where a schedule begins that is switched on now.</summary>
    public static string CursorAt(DateTimeOffset at) => JsonSerializer.Serialize(at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));

    public async Task RunAsync(TriggerTurn turn, Caller caller, PlannedTrigger.Schedule schedule, bool byHand, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var after = turn.Trigger.Cursor is { } cursor ? DateTimeOffset.Parse(JsonSerializer.Deserialize<string>(cursor)!, CultureInfo.InvariantCulture) : turn.Trigger.SwitchedAt;
        var due = schedule.Misfire switch
        {
            MisfireRule.Once => schedule.Cron.Last(after, now, 1),
            MisfireRule.All => schedule.Cron.Last(after, now, MostMissed),
            MisfireRule.Skip => [.. schedule.Cron.Last(after, now, 1).Where(d => now - d <= s_onTime)],
            _ => throw new InvalidOperationException($"Unknown rule {schedule.Misfire}."),
        };
        TriggerRecord[] records = [.. due.Select(d => Record(schedule, d, d.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)))];
        if (byHand)
            records = [.. records, Record(schedule, now, $"hand:{Guid.CreateVersion7(now)}")];

        var next = turn.Trigger with { Cursor = CursorAt(now), Failures = 0, NextAt = schedule.Cron.Next(now) };
        var came = await handOver.HandOverAsync(turn.Trigger, caller, records, turn.HoldsAsync, cancellationToken);
        if (came is HandOver.Done { Runs: > 0 } done)
            next = next with { LastResult = new(TriggerOutcome.Started, done.Runs == 1 ? "1 run was started." : $"{done.Runs} runs were started.", now, done.Runs) };
        await turn.TryEndAsync(came, next, cancellationToken);
    }

    private static TriggerRecord Record(PlannedTrigger.Schedule schedule, DateTimeOffset due, string id) => new(id, new Dictionary<string, object?>
    {
        ["dueAt"] = schedule.Cron.Local(due).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
        ["timeZone"] = schedule.Cron.Zone.Id,
    });
}
