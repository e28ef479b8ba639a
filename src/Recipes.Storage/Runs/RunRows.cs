using System.Linq.Expressions;
using System.Text.Json;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>From stored rows to runs.</summary>
internal static class RunRows
{
    // Connections are no column of their own: who looks for one reads so many runs at most.
    private const int LastFewThousand = 5000;

    public static IQueryable<RunRow> Narrow(IQueryable<RunRow> runs, TenantId tenant, RunFilter filter)
    {
        runs = runs.Where(r => r.Tenant == tenant.Value);
        if (filter.Status?.ToString() is { } status)
            runs = runs.Where(r => r.Status == status);
        if (filter.Connection?.ToString() is { } connection)
            runs = runs.OrderByDescending(r => r.Id).Take(LastFewThousand).Where(r => r.Connections.Contains(connection));
        if (filter.Recipe is { } recipe)
            runs = runs.Where(r => r.Recipe == recipe);
        if (filter.Caller?.Value is { } user)
            runs = runs.Where(r => r.Caller == user || r.RuntimeUser == user);
        if (filter.Before?.Value is { } before)
            runs = runs.Where(r => r.Id.CompareTo(before) < 0);
        return runs.OrderByDescending(r => r.Id).Take(filter.Most).Select(WithoutData);
    }

    /// <summary>What the index of lists holds, and nothing else: counting and paging read that alone.</summary>
    public static IQueryable<RunRow> Narrow(IQueryable<RunRow> runs, TenantId tenant, RunQuery query, DateTimeOffset now)
    {
        runs = runs.Where(r => r.Tenant == tenant.Value);
        if (query.Statuses.Count > 0)
        {
            List<string> statuses = [.. query.Statuses.Select(s => s.ToString())];
            runs = runs.Where(r => statuses.Contains(r.Status));
        }

        if (query.Recipes.Count > 0)
        {
            List<string> recipes = [.. query.Recipes];
            runs = runs.Where(r => recipes.Contains(r.Recipe));
        }

        if (query.RecipeVersion is { } version)
            runs = runs.Where(r => r.RecipeVersion == version);
        if (query.User?.Value is { } user)
            runs = runs.Where(r => r.Caller == user || r.RuntimeUser == user);
        if (Guid.TryParse(query.Text, out var id))
        {
            runs = runs.Where(r => r.Id == id);
        }
        else if (query.Text?.ToLowerInvariant() is { Length: > 0 } text)
        {
            List<string> meant = [.. query.TextRecipes];
            runs = runs.Where(r => r.Recipe.ToLower().Contains(text) || meant.Contains(r.Recipe) || r.Caller.ToLower().Contains(text) || r.RuntimeUser!.ToLower().Contains(text));
        }

        return query.Times.Aggregate(runs, (narrowed, times) => Narrow(narrowed, times, now));
    }

    public static IQueryable<RunRow> Order(IQueryable<RunRow> runs, RunQuery query) => (query.Order, query.IsAscending) switch
    {
        (RunOrder.Started, false) => runs.OrderByDescending(r => r.Id),
        (RunOrder.Started, true) => runs.OrderBy(r => r.Id),
        (RunOrder.Recipe, false) => runs.OrderByDescending(r => r.Recipe).ThenByDescending(r => r.Id),
        (RunOrder.Recipe, true) => runs.OrderBy(r => r.Recipe).ThenByDescending(r => r.Id),
        (RunOrder.Ended, false) => runs.OrderBy(r => r.EndedAt == null).ThenByDescending(r => r.EndedAt).ThenByDescending(r => r.Id),
        (RunOrder.Ended, true) => runs.OrderBy(r => r.EndedAt == null).ThenBy(r => r.EndedAt).ThenBy(r => r.Id),
        (_, false) => runs.OrderByDescending(r => r.EndedAt == null).ThenByDescending(r => r.EndedAt).ThenByDescending(r => r.Id),
        (_, true) => runs.OrderBy(r => r.EndedAt == null).ThenBy(r => r.EndedAt).ThenBy(r => r.Id),
    };

    /// <summary>A run without what is large and shown in no list.</summary>
    public static readonly Expression<Func<RunRow, RunRow>> WithoutData = r => new RunRow
    {
        Id = r.Id,
        Tenant = r.Tenant,
        Recipe = r.Recipe,
        RecipeVersion = r.RecipeVersion,
        Status = r.Status,
        Caller = r.Caller,
        RuntimeUser = r.RuntimeUser,
        StartedAt = r.StartedAt,
        EndedAt = r.EndedAt,
        Failure = r.Failure,
        Connections = r.Connections,
        Input = Array.Empty<byte>(),
        Output = Array.Empty<byte>(),
        Journal = Array.Empty<byte>(),
    };

    /// <summary>A state without what only its run understands.</summary>
    public static readonly Expression<Func<RunStateRow, RunStateRow>> WithoutState = s => new RunStateRow
    {
        RunId = s.RunId,
        Tenant = s.Tenant,
        Recipe = s.Recipe,
        Claim = s.Claim,
        LeaseUntil = s.LeaseUntil,
        DueAt = s.DueAt,
        Since = s.Since,
        HeldBy = s.HeldBy,
        Connector = s.Connector,
        HeldFor = s.HeldFor,
        State = Array.Empty<byte>(),
    };

    /// <param name="state">Null when nothing is kept of it.</param>
    /// <param name="journal">What of it is stored apart, in order.</param>
    /// <param name="lease">How long a claim is good.</param>
    public static Run ToRun(RunRow row, RunStateRow? state, IReadOnlyList<RunJournalRow> journal, TimeSpan lease = default) => new()
    {
        Id = new(row.Id),
        Tenant = TenantId.Parse(row.Tenant),
        Recipe = row.Recipe,
        RecipeVersion = row.RecipeVersion,
        Status = Enum.Parse<RunStatus>(row.Status),
        Caller = UserId.Parse(row.Caller),
        RuntimeUser = row.RuntimeUser is null ? null : UserId.Parse(row.RuntimeUser),
        Input = row.Input,
        Output = row.Output,
        Failure = row.Failure is null ? null : JsonSerializer.Deserialize(row.Failure, StoredJson.Default.RunFailureJson)!.ToFailure(),
        Connections = [.. JsonSerializer.Deserialize(row.Connections, StoredJson.Default.ListBoundConnectionJson)!.Select(b => b.ToBound())],
        StartedAt = row.StartedAt,
        EndedAt = row.EndedAt,
        SeenAt = state is { Claim: not null, LeaseUntil: { } until } ? until - lease : null,
        Wait = state is { Since: { } since } && row.Status is nameof(RunStatus.Held) or nameof(RunStatus.Waiting)
            ? new(since, state.HeldBy is null ? state.DueAt : null, state.HeldBy is { } connection ? new(connection) : null, state.Connector) : null,
        Journal = Compose(row.Journal, journal),
    };

    private static IQueryable<RunRow> Narrow(IQueryable<RunRow> runs, RunTimes times, DateTimeOffset now)
    {
        var (from, until) = (times.From ?? DateTimeOffset.MinValue, times.Until ?? DateTimeOffset.MaxValue);
        return (times.Which, times.IsOutside) switch
        {
            (RunTime.Started, false) => runs.Where(r => r.StartedAt >= from && r.StartedAt < until),
            (RunTime.Started, true) => runs.Where(r => r.StartedAt < from || r.StartedAt >= until),
            (RunTime.Ended, false) => runs.Where(r => r.EndedAt >= from && r.EndedAt < until),
            (RunTime.Ended, true) => runs.Where(r => r.EndedAt < from || r.EndedAt >= until),
            (_, false) => runs.Where(r => (r.EndedAt ?? now) >= from && (r.EndedAt ?? now) < until),
            (_, true) => runs.Where(r => (r.EndedAt ?? now) < from || (r.EndedAt ?? now) >= until),
        };
    }

    // A part may begin before the end of the one before it: it counts.
    private static List<JournalEntry> Compose(byte[] whole, IReadOnlyList<RunJournalRow> parts)
    {
        List<JournalEntry> entries = [.. Entries(whole)];
        foreach (var part in parts)
        {
            if (part.First < entries.Count)
                entries.RemoveRange(part.First, entries.Count - part.First);
            entries.AddRange(Entries(part.Entries));
        }

        return entries;
    }

    private static IEnumerable<JournalEntry> Entries(byte[] json) =>
        json.Length == 0 ? [] : JsonSerializer.Deserialize(json, StoredJson.Default.ListJournalEntryJson)!.Select(e => e.ToEntry());
}
