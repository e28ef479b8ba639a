namespace Recipes.Connections;

/// <summary>One day (UTC) of a connection.</summary>
/// <param name="Figures">How often it was used, refreshed and probed.</param>
/// <param name="Shares">What share of the day it had which health, 0 to 1 each; nothing for the time before it was created and after now.</param>
public sealed record HistoryDay(DateOnly Day, DailyFigures Figures, IReadOnlyDictionary<Health, double> Shares);

/// <summary>Puts the days of a connection together from its log and its figures.</summary>
public static class ConnectionHistory
{
    /// <summary>The last <paramref name="days"/> days, oldest first, today last.</summary>
    /// <param name="days">1 to 90.</param>
    public static async Task<IReadOnlyList<HistoryDay>> ReadAsync(IConnectionLog log, Connection connection, int days, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var first = today.AddDays(1 - Math.Clamp(days, 1, 90));
        var since = new DateTimeOffset(first, TimeOnly.MinValue, TimeSpan.Zero);
        var figures = (await log.ListFiguresAsync(connection.Id, first, cancellationToken)).ToDictionary(f => f.Day);
        var changes = await log.ListHealthAsync(connection.Id, since, cancellationToken);
        var history = new List<HistoryDay>();
        for (var day = first; day <= today; day = day.AddDays(1))
            history.Add(new(day, figures.GetValueOrDefault(day) ?? new DailyFigures(connection.Id, day), SharesOf(day, changes, connection, now)));
        return history;
    }

    private static Dictionary<Health, double> SharesOf(DateOnly day, IReadOnlyList<LogEntry> changes, Connection connection, DateTimeOffset now)
    {
        var begin = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        var end = begin.AddDays(1) < now ? begin.AddDays(1) : now;
        var shares = new Dictionary<Health, double>();
        for (var i = 0; i < changes.Count; i++)
        {
            var from = changes[i].At > begin ? changes[i].At : begin;
            var to = i + 1 < changes.Count && changes[i + 1].At < end ? changes[i + 1].At : end;
            if (to > from)
                shares[changes[i].Health] = shares.GetValueOrDefault(changes[i].Health) + (to - from) / TimeSpan.FromDays(1);
        }

        // What is older than the log had the health that it has now.
        if (changes.Count == 0 && connection.Record.CreatedAt < end)
        {
            var from = connection.Record.CreatedAt > begin ? connection.Record.CreatedAt : begin;
            shares[connection.Health] = (end - from) / TimeSpan.FromDays(1);
        }

        return shares;
    }
}
