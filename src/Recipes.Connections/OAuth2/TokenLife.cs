using System.Globalization;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>How long a token lives, as its reply says.</summary>
internal static class TokenLife
{
    // More than this is as good as for ever, and every moment that it leads to can be written.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(int.MaxValue);

    /// <summary>Null where the reply says nothing that makes sense: nothing at all, zero, a negative number, a moment that is over.</summary>
    public static TimeSpan? Read(JsonElement value, ExpiryUnit unit, DateTimeOffset now)
    {
        if (unit == ExpiryUnit.Date)
        {
            return value.ValueKind == JsonValueKind.String
                && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
                ? Positive((date - now).TotalSeconds) : null;
        }

        if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String)
            || !double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || double.IsNaN(number))
            return null;
        return Positive(unit switch
        {
            ExpiryUnit.Seconds => number,
            ExpiryUnit.Milliseconds => number / 1000,
            ExpiryUnit.Minutes => number * 60,
            ExpiryUnit.UnixTime => number - (now.ToUnixTimeMilliseconds() / 1000d),
            ExpiryUnit.UnixMilliseconds => (number - now.ToUnixTimeMilliseconds()) / 1000,
            _ => throw new InvalidOperationException($"Unknown unit {unit}."),
        });
    }

    private static TimeSpan? Positive(double seconds) => seconds <= 0 ? null : seconds >= s_longest.TotalSeconds ? s_longest : TimeSpan.FromSeconds(seconds);
}
