using System.Globalization;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Reads when a rate limit ends from the headers or the body that a connector declares.</summary>
internal static class RateLimitReset
{
    // No app counts for longer than a month; what is further away is another unit or a mistake.
    private static readonly TimeSpan s_furthest = TimeSpan.FromDays(31);

    /// <summary>The moment that the first rule with a usable value names, not before <paramref name="now"/>; null when none does.</summary>
    public static DateTimeOffset? Find(IReadOnlyList<RateLimitRule> rules, HttpResponseMessage response, JsonDocument? json, DateTimeOffset now)
    {
        foreach (var rule in rules)
        {
            var text = rule.Header is { } header ? ResponseHeader.Find(response, header)
                : json is not null ? JsonPath.Find(json.RootElement, rule.BodyPath!)?.ToString() : null;
            if (text is not null && Read(text.Trim(), rule.Unit, now) is { } at && at <= now + s_furthest)
                return at < now ? now : at;
        }

        return null;
    }

    private static DateTimeOffset? Read(string text, ExpiryUnit unit, DateTimeOffset now)
    {
        if (unit == ExpiryUnit.Date)
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) ? date : null;
        // Some count in parts of a second; nothing longer than a hundred centuries fits into a date.
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 3e14)
            return null;
        var span = unit switch
        {
            ExpiryUnit.Milliseconds or ExpiryUnit.UnixMilliseconds => TimeSpan.FromMilliseconds(number),
            ExpiryUnit.Minutes => number < 1e9 ? TimeSpan.FromMinutes(number) : TimeSpan.MaxValue,
            _ => number < 1e11 ? TimeSpan.FromSeconds(number) : TimeSpan.MaxValue,
        };
        var start = unit is ExpiryUnit.UnixTime or ExpiryUnit.UnixMilliseconds ? DateTimeOffset.UnixEpoch : now;
        return span <= DateTimeOffset.MaxValue - start ? start + span : null;
    }
}
