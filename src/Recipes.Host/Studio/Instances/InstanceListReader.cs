using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Turns what Studio asks for into a query of runs.</summary>
internal static class InstanceListReader
{
    private const int LargestPage = 1000;

    /// <param name="query">Null when no run can be what is asked for.</param>
    /// <returns>Everything that is wrong with the request.</returns>
    public static IReadOnlyList<SetupFault> Read(InstanceListRequest request, RecipeCatalogue catalogue, out RunQuery? query)
    {
        var faults = new List<SetupFault>();
        var statuses = Words("status", request.Status, request.Statuses, InstanceStatus.All, faults);
        var subStatuses = Words("subStatus", request.SubStatus, request.SubStatuses, InstanceStatus.AllSub, faults);
        var times = new List<RunTimes>();
        foreach (var (filter, i) in (request.TimestampFilters ?? []).Select((f, i) => (f, i)))
        {
            if (TimesOf(filter) is { } read)
                times.Add(read);
            else
                faults.Add(new($"timestampFilters[{i}]", "The column is CreatedAt, UpdatedAt or FinishedAt; the operator Is, IsNot, GreaterThan, GreaterThanOrEqual, LessThan or LessThanOrEqual."));
        }

        if (request.Version is not null && string.IsNullOrEmpty(request.DefinitionId))
            faults.Add(new("version", "A number belongs to one recipe: name it as definitionId."));
        if (OrderOf(request.OrderBy) is not { } order)
            faults.Add(new("orderBy", $"'{request.OrderBy}' is no order: use Created, Finished, LastExecuted or Name."));
        else if (request.OrderDirection is not (null or "Ascending" or "Descending"))
            faults.Add(new("orderDirection", "The direction is Ascending or Descending."));
        else if (faults.Count == 0)
        {
            var wanted = Enum.GetValues<RunStatus>().Where(s =>
                (statuses.Count == 0 || statuses.Contains(InstanceStatus.Of(s))) && (subStatuses.Count == 0 || subStatuses.Contains(InstanceStatus.SubOf(s)))
                && (request.HasIncidents is not { } incidents || incidents == InstanceStatus.HasIncident(s))).ToArray();
            var recipes = request.DefinitionIds?.ToHashSet() ?? [];
            if (!string.IsNullOrEmpty(request.DefinitionId) && (recipes.Count == 0 || recipes.Contains(request.DefinitionId)))
                recipes = [request.DefinitionId];
            else if (!string.IsNullOrEmpty(request.DefinitionId))
                wanted = [];
            var size = Math.Clamp(request.PageSize ?? 50, 1, LargestPage);
            var text = string.IsNullOrWhiteSpace(request.SearchTerm) ? null : request.SearchTerm.Trim();
            // No run is the system's, and none has a correlation of its own.
            query = wanted.Length == 0 || request.IsSystem == true || !string.IsNullOrEmpty(request.CorrelationId) ? null : new RunQuery
            {
                Statuses = wanted.Length == Enum.GetValues<RunStatus>().Length ? [] : wanted,
                Recipes = recipes,
                Text = text,
                TextRecipes = text is null ? [] : [.. catalogue.All.Where(r => r.DisplayName?.Contains(text, StringComparison.OrdinalIgnoreCase) == true).Select(r => r.Name)],
                Times = times,
                Order = order,
                // Where nobody chose an order, Studio may send either direction: newest first is what people expect.
                IsAscending = request.OrderBy is not null && request.OrderDirection == "Ascending",
                Skip = (int)Math.Min(int.MaxValue, (long)Math.Max(0, request.Page ?? 0) * size),
                Most = size,
            };
            return faults;
        }

        query = null;
        return faults;
    }

    private static HashSet<string> Words(string name, string? one, IReadOnlyList<string>? several, ISet<string> known, List<SetupFault> faults)
    {
        HashSet<string> words = [.. several ?? [], .. one is null ? Array.Empty<string>() : [one]];
        foreach (var unknown in words.Where(w => !known.Contains(w)))
            faults.Add(new(name, $"'{unknown}' is none of {string.Join(", ", known.Order(StringComparer.Ordinal))}."));
        return words;
    }

    private static RunOrder? OrderOf(string? word) => word switch
    {
        null or "" or "Created" => RunOrder.Started,
        "Finished" => RunOrder.Ended,
        "LastExecuted" or "UpdatedAt" => RunOrder.LastActive,
        "Name" => RunOrder.Recipe,
        _ => null,
    };

    private static RunTimes? TimesOf(InstanceTimeFilter filter)
    {
        RunTime? which = filter.Column switch { "CreatedAt" => RunTime.Started, "UpdatedAt" => RunTime.LastActive, "FinishedAt" => RunTime.Ended, _ => null };
        // Who gives no time of day means the day.
        var at = filter.Timestamp;
        var from = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute));
        var until = from.TimeOfDay == TimeSpan.Zero ? from.AddDays(1) : from.AddMinutes(1);
        return which is not { } time ? null : filter.Operator switch
        {
            "Is" => new(time, from, until),
            "IsNot" => new(time, from, until, IsOutside: true),
            "GreaterThan" => new(time, until, null),
            "GreaterThanOrEqual" => new(time, from, null),
            "LessThan" => new(time, null, from),
            "LessThanOrEqual" => new(time, null, until),
            _ => null,
        };
    }
}
