using System.Globalization;
using System.Text.Json;

namespace Recipes.Engine;

/// <summary>Reads <c>customProperties.Recipes.retry</c> of a recipe or of one step: <c>{"attempts": 5, "first": "00:00:01", "longest": "00:00:30", "within": "00:05:00"}</c>.</summary>
internal static class RetryReader
{
    private static readonly string[] s_members = ["attempts", "first", "longest", "within"];

    /// <param name="holder">The recipe or the activity.</param>
    /// <param name="otherwise">What counts where it says nothing.</param>
    /// <param name="fault">Takes a path below <paramref name="holder"/> and what is wrong there.</param>
    public static RetryRules Read(JsonElement holder, RetryRules otherwise, Action<string, string> fault)
    {
        const string Path = "customProperties.Recipes.retry";
        if (holder.Object("customProperties")?.Object("Recipes") is not { } own || !own.TryGetProperty("retry", out var json) || json.ValueKind == JsonValueKind.Null)
            return otherwise;
        if (json.ValueKind != JsonValueKind.Object)
        {
            fault(Path, "retry is an object with any of attempts, first, longest and within.");
            return otherwise;
        }

        foreach (var member in json.EnumerateObject().Where(m => !s_members.Contains(m.Name)))
            fault($"{Path}.{member.Name}", $"retry has no '{member.Name}'.{DidYouMean.Hint(member.Name, s_members)}");
        var attempts = otherwise.Attempts;
        if (json.TryGetProperty("attempts", out var number) && (number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out attempts) || attempts is < 1 or > RetryRules.MostAttempts))
        {
            fault($"{Path}.attempts", $"attempts is a whole number from 1 (no retry) to {RetryRules.MostAttempts}.");
            attempts = otherwise.Attempts;
        }

        return new(attempts, ReadTime("first", otherwise.First, TimeSpan.FromMilliseconds(1)), ReadTime("longest", otherwise.Longest, TimeSpan.FromMilliseconds(1)), ReadTime("within", otherwise.Within, TimeSpan.Zero));

        TimeSpan ReadTime(string name, TimeSpan initial, TimeSpan least)
        {
            if (!json.TryGetProperty(name, out var given))
                return initial;
            if (given.ValueKind == JsonValueKind.String && TimeSpan.TryParseExact(given.GetString(), "c", CultureInfo.InvariantCulture, out var time) && time >= least && time <= RetryRules.MostWithin)
                return time;
            fault($"{Path}.{name}", $"{name} is a time of at most {RetryRules.MostWithin.TotalHours} hour, such as \"00:00:10\".");
            return initial;
        }
    }
}
