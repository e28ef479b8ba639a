using System.Diagnostics.CodeAnalysis;
using Quartz;

namespace Recipes.Engine;

/// <summary>When a schedule comes: a cron expression, read in a time zone.</summary>
/// <remarks>Where clocks are put forward, a time that does not exist comes at the moment of the change; where they are put back, a time of day comes once, and what comes every so often goes on.</remarks>
public sealed class CronSchedule
{
    private static readonly (string Name, string Range)[] s_fields =
    [
        ("minute", "0 to 59"), ("hour", "0 to 23"), ("day of the month", "1 to 31, or L for the last"), ("month", "1 to 12 or JAN to DEC"), ("weekday", "0 to 7 (0 and 7 are Sunday) or SUN to SAT"),
    ];

    // From small to large: the last few times are looked for in the smallest that has them.
    private static readonly TimeSpan[] s_windows = [TimeSpan.FromHours(2), TimeSpan.FromDays(2), TimeSpan.FromDays(64), TimeSpan.FromDays(3700)];

    private readonly CronExpression _expression;

    private CronSchedule(string text, CronExpression expression) => (Text, _expression) = (text, expression);

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    public TimeZoneInfo Zone => _expression.TimeZone;

    /// <summary>Reads five fields (minute, hour, day, month, weekday), six with a fixed second before them, or a name such as <c>@daily</c>.</summary>
    /// <param name="zone">IANA name of the time zone.</param>
    /// <param name="problem">What is wrong, one sentence.</param>
    public static bool TryRead(string text, string zone, [NotNullWhen(true)] out CronSchedule? schedule, [NotNullWhen(false)] out string? problem)
    {
        schedule = null;
        if (!TryFindZone(zone, out var found))
        {
            problem = $"There is no time zone '{zone}': use an IANA name such as Europe/Berlin or America/New_York, or UTC.";
            return false;
        }

        if (Read(text.Trim(), out problem) is not { } expression)
        {
            problem ??= $"'{text}' is no cron expression.";
            return false;
        }

        expression = expression.WithTimeZone(found);
        if (expression.GetNextValidTimeAfter(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)) is null)
        {
            problem = $"'{text}' never comes: there is no such day.";
            return false;
        }

        (schedule, problem) = (new(text, expression), null);
        return true;
    }

    /// <summary>The first time after a moment; null when there is none in this century.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => _expression.GetNextValidTimeAfter(after)?.ToUniversalTime();

    /// <summary>The last times after one moment and up to another, oldest first.</summary>
    /// <param name="most">1 or more.</param>
    public IReadOnlyList<DateTimeOffset> Last(DateTimeOffset after, DateTimeOffset until, int most)
    {
        foreach (var window in s_windows)
        {
            var from = until - window > after ? until - window : after;
            var times = new Queue<DateTimeOffset>();
            for (var time = Next(from); time <= until; time = Next(time.Value))
            {
                times.Enqueue(time.Value);
                if (times.Count > most)
                    times.Dequeue();
            }

            if (times.Count == most || from == after)
                return [.. times];
        }

        return [];
    }

    /// <summary>A moment as the clocks of the time zone show it.</summary>
    public DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone);

    private static CronExpression? Read(string text, out string? problem)
    {
        problem = null;
        if (text.StartsWith('@'))
        {
            if (CronExpression.TryParse(text, out var named))
                return named;
            problem = $"There is no '{text}': use @hourly, @daily, @weekly, @monthly or @yearly.";
            return null;
        }

        var fields = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6))
        {
            problem = $"A cron expression has five fields (minute, hour, day, month, weekday), and a second before them at most; '{text}' has {fields.Length}.";
            return null;
        }

        var second = fields.Length == 6 ? fields[0] : "0";
        if (!int.TryParse(second, System.Globalization.NumberStyles.None, null, out var number) || number > 59)
        {
            problem = $"The second '{second}' is wrong: with six fields the first is one number, 0 to 59.";
            return null;
        }

        fields = fields[^5..];
        for (var i = 0; i < fields.Length; i++)
        {
            var alone = Enumerable.Repeat("*", 5).ToArray();
            alone[i] = fields[i];
            if (!CronExpression.TryParse(string.Join(' ', alone), CronFormat.Unix, out _))
            {
                problem = $"The {s_fields[i].Name} '{fields[i]}' is wrong: {s_fields[i].Range}, with * for any, a-b for a range, a,b for a list and */n for every nth.";
                return null;
            }
        }

        if (!CronExpression.TryParse(string.Join(' ', fields), CronFormat.Unix, out var unix))
            return null;
        var canonical = unix.CronExpressionString.Split(' ', 2);
        return number == 0 ? unix : CronExpression.Parse($"{number} {canonical[1]}");
    }

    private static bool TryFindZone(string name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        if (name == "UTC")
        {
            zone = TimeZoneInfo.Utc;
            return true;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone) && zone.HasIanaId && name.Contains('/', StringComparison.Ordinal);
    }
}
