using System.Globalization;

namespace Recipes.Web;

/// <summary>Points in time as people say them.</summary>
public static class TimeWords
{
    /// <summary>"3 minutes ago", "in 2 hours"; beyond 30 days the date.</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var distance = (now - at).Duration();
        if (distance < TimeSpan.FromSeconds(10))
            return at > now ? "in a moment" : "just now";
        if (distance > TimeSpan.FromDays(30))
            return at.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        var (count, unit) = distance switch
        {
            { TotalSeconds: < 60 } => ((int)distance.TotalSeconds, "second"),
            { TotalMinutes: < 60 } => ((int)distance.TotalMinutes, "minute"),
            { TotalHours: < 24 } => ((int)distance.TotalHours, "hour"),
            _ => ((int)distance.TotalDays, "day"),
        };
        var words = $"{count} {unit}{(count == 1 ? "" : "s")}";
        return at > now ? $"in {words}" : $"{words} ago";
    }
}
