namespace Recipes.Engine.Tests.Triggers;

/// <summary>Cron expressions in time zones, with the days on which clocks are changed.</summary>
public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("30 6 * * MON-FRI", "2026-01-02T06:30 2026-01-05T06:30")]
    [InlineData("30 6 * * 1-5", "2026-01-02T06:30 2026-01-05T06:30")]
    [InlineData("0 12 * * 0", "2026-01-04T12:00 2026-01-11T12:00")]
    [InlineData("0 12 * * 7", "2026-01-04T12:00 2026-01-11T12:00")]
    [InlineData("*/20 9-10 2 * *", "2026-01-02T09:00 2026-01-02T09:20")]
    [InlineData("@daily", "2026-01-03T00:00 2026-01-04T00:00")]
    [InlineData("0 0 29 2 *", "2028-02-29T00:00 2032-02-29T00:00")]
    [InlineData("15 0 6 * * *", "2026-01-02T06:00:15 2026-01-03T06:00:15")]
    public void The_usual_forms_come_when_they_say(string cron, string expected)
    {
        var schedule = Read(cron, "UTC");

        var first = schedule.Next(At("2026-01-02T00:00"))!.Value;

        new[] { first, schedule.Next(first)!.Value }.ShouldBe(expected.Split(' ').Select(At));
    }

    [Theory]
    [InlineData("61 * * * *", "UTC", "The minute '61' is wrong")]
    [InlineData("0 24 * * *", "UTC", "The hour '24' is wrong")]
    [InlineData("0 0 0 * *", "UTC", "The day of the month '0' is wrong")]
    [InlineData("0 0 * 13 *", "UTC", "The month '13' is wrong")]
    [InlineData("0 0 * * MOM", "UTC", "The weekday 'MOM' is wrong")]
    [InlineData("0 6 * *", "UTC", "has 4")]
    [InlineData("*/5 0 6 * * *", "UTC", "The second '*/5' is wrong")]
    [InlineData("@noon", "UTC", "There is no '@noon'")]
    [InlineData("0 0 31 2 *", "UTC", "never comes")]
    [InlineData("0 6 * * *", "Europe/Berlinn", "There is no time zone 'Europe/Berlinn'")]
    [InlineData("0 6 * * *", "W. Europe Standard Time", "use an IANA name")]
    public void What_is_wrong_is_said_clearly(string cron, string zone, string expected)
    {
        CronSchedule.TryRead(cron, zone, out _, out var problem).ShouldBeFalse();

        problem.ShouldContain(expected);
    }

    [Fact]
    public void A_time_that_does_not_exist_comes_at_the_change_and_one_that_exists_twice_comes_once()
    {
        var schedule = Read("30 2 * * *", "Europe/Berlin");

        var spring = schedule.Last(At("2026-03-28T00:00"), At("2026-03-30T12:00"), 10);
        var autumn = schedule.Last(At("2026-10-24T00:00"), At("2026-10-26T12:00"), 10);

        spring.ShouldBe([At("2026-03-28T01:30"), At("2026-03-29T01:00"), At("2026-03-30T00:30")]);
        autumn.ShouldBe([At("2026-10-24T00:30"), At("2026-10-25T00:30"), At("2026-10-26T01:30")]);
    }

    [Fact]
    public void What_comes_every_hour_comes_every_hour_of_a_day_with_25()
    {
        var schedule = Read("0 * * * *", "Europe/Berlin");

        var times = schedule.Last(At("2026-10-24T22:00"), At("2026-10-25T23:00"), 100);

        times.Count.ShouldBe(25);
        times.Zip(times.Skip(1), (a, b) => b - a).ShouldAllBe(pause => pause == TimeSpan.FromHours(1));
    }

    [Fact]
    public void The_last_times_are_found_without_counting_years_of_minutes()
    {
        var schedule = Read("* * * * *", "UTC");

        var times = schedule.Last(At("2016-01-01T00:00"), At("2026-01-01T00:00"), 100);

        times.Count.ShouldBe(100);
        times[^1].ShouldBe(At("2026-01-01T00:00"));
        schedule.Last(At("2025-12-31T23:58"), At("2026-01-01T00:00"), 100).ShouldBe([At("2025-12-31T23:59"), At("2026-01-01T00:00")]);
        Read("0 0 29 2 *", "UTC").Last(At("2016-01-01T00:00"), At("2026-01-01T00:00"), 1).ShouldBe([At("2024-02-29T00:00")]);
    }

    private static CronSchedule Read(string cron, string zone)
    {
        CronSchedule.TryRead(cron, zone, out var schedule, out var problem).ShouldBeTrue(problem);
        return schedule!;
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse($"{text}Z", System.Globalization.CultureInfo.InvariantCulture);
}
