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
        return runs.OrderByDescending(r => r.Id).Take(filter.Most).Select(r => new RunRow
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
            // Large, and no list shows them.
            Input = Array.Empty<byte>(),
            Output = Array.Empty<byte>(),
            Journal = Array.Empty<byte>(),
        });
    }

    /// <summary>A state without what only its run understands.</summary>
    public static readonly Expression<Func<RunStateRow, RunStateRow>> WithoutState = s => new RunStateRow
    {
        RunId = s.RunId,
        Tenant = s.Tenant,
        Recipe = s.Recipe,
        DueAt = s.DueAt,
        Since = s.Since,
        HeldBy = s.HeldBy,
        Connector = s.Connector,
        HeldFor = s.HeldFor,
        State = Array.Empty<byte>(),
    };

    /// <param name="state">Null when nothing is kept of it.</param>
    /// <param name="journal">What of it is stored apart, in order.</param>
    public static Run ToRun(RunRow row, RunStateRow? state, IReadOnlyList<RunJournalRow> journal) => new()
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
        Wait = state is { Since: { } since } && row.Status is nameof(RunStatus.Held) or nameof(RunStatus.Waiting)
            ? new(since, state.HeldBy is null ? state.DueAt : null, state.HeldBy is { } connection ? new(connection) : null, state.Connector) : null,
        Journal = Compose(row.Journal, journal),
    };

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
