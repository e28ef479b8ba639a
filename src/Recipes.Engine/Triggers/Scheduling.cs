using System.Globalization;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Starts a run for each time of a schedule that has come. The cursor is the last time that was dealt with, and the schedule that it belongs to.</summary>
internal sealed class Scheduling(RecordHandOver handOver, TimeProvider time)
{
    private const int MostMissed = 100;

    /// <summary>A time that is dealt with so late is not missed yet.</summary>
    private static readonly TimeSpan s_onTime = TimeSpan.FromMinutes(1);

    public async Task RunAsync(TriggerTurn turn, Caller caller, PlannedTrigger.Schedule schedule, bool byHand, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var place = turn.Trigger.Cursor is { } cursor ? SchedulePlace.Read(cursor) : SchedulePlace.Of(schedule.Cron, turn.Trigger.SwitchedAt);
        // A new schedule has no times before it was there.
        if (!place.IsOf(schedule.Cron))
            place = SchedulePlace.Of(schedule.Cron, now);
        var due = schedule.Misfire switch
        {
            MisfireRule.Once => schedule.Cron.Last(place.At, now, 1),
            MisfireRule.All => schedule.Cron.Last(place.At, now, MostMissed),
            MisfireRule.Skip => [.. place.PutOff, .. schedule.Cron.Last(place.At, now, 1).Where(d => now - d <= s_onTime && !place.PutOff.Contains(d))],
            _ => throw new InvalidOperationException($"Unknown rule {schedule.Misfire}."),
        };
        TriggerRecord[] records = [.. due.Select(d => Record(schedule, d, d.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)))];
        if (byHand)
            records = [.. records, Record(schedule, now, $"hand:{Guid.CreateVersion7(now)}")];

        var next = turn.Trigger with { Cursor = SchedulePlace.Of(schedule.Cron, now).Write(), Failures = 0, NextAt = schedule.Cron.Next(now) };
        var came = await handOver.HandOverAsync(turn.Trigger, caller, records, turn.HoldsAsync, cancellationToken);
        if (came is HandOver.Done { Runs: > 0 } done)
            next = next with { LastResult = new(TriggerOutcome.Started, done.Runs == 1 ? "1 run was started." : $"{done.Runs} runs were started.", now, done.Runs) };
        // Nobody was away: what only has to wait for room is not missed.
        var putOff = schedule.Misfire == MisfireRule.Skip ? turn.Trigger with { Cursor = (place with { PutOff = [.. due.TakeLast(MostMissed)] }).Write() } : turn.Trigger;
        await turn.TryEndAsync(came, next, cancellationToken, putOff);
    }

    private static TriggerRecord Record(PlannedTrigger.Schedule schedule, DateTimeOffset due, string id) => new(id, new Dictionary<string, object?>
    {
        ["dueAt"] = schedule.Cron.Local(due).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
        ["timeZone"] = schedule.Cron.Zone.Id,
    });
}
