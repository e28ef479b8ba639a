using System.Text.Json;

namespace Recipes.Engine;

/// <summary>How far a schedule is.</summary>
/// <param name="At">All times up to it are dealt with.</param>
/// <param name="Cron">The expression that it is about.</param>
/// <param name="Zone">Its time zone.</param>
/// <param name="PutOff">Times after it that came in time, when there was too much to do.</param>
internal sealed record SchedulePlace(DateTimeOffset At, string Cron, string Zone, IReadOnlyList<DateTimeOffset> PutOff)
{
    public static SchedulePlace Of(CronSchedule schedule, DateTimeOffset at) => new(at.ToUniversalTime(), schedule.Text, schedule.Zone.Id, []);

    public static SchedulePlace Read(string cursor) => JsonSerializer.Deserialize<SchedulePlace>(cursor)!;

    public bool IsOf(CronSchedule schedule) => Cron == schedule.Text && Zone == schedule.Zone.Id;

    public string Write() => JsonSerializer.Serialize(this);
}
