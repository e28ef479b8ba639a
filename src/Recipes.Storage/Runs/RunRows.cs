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

    public static Run ToRun(RunRow row) => new()
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
        Journal = row.Journal.Length == 0
            ? []
            : [.. JsonSerializer.Deserialize(row.Journal, StoredJson.Default.ListJournalEntryJson)!.Select(e => e.ToEntry())],
    };
}
