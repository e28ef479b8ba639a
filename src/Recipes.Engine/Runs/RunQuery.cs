using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Asks for one page of runs, of however many there are; what is null or empty means any.</summary>
public sealed record RunQuery
{
    public IReadOnlyCollection<RunStatus> Statuses { get; init; } = [];
    public IReadOnlyCollection<string> Recipes { get; init; } = [];

    /// <summary>As of <see cref="Run.RecipeVersion"/>.</summary>
    public string? RecipeVersion { get; init; }

    /// <summary>Only runs of which this user is the caller or the runtime user.</summary>
    public UserId? User { get; init; }

    /// <summary>A part of the name of the recipe, the caller or the runtime user, in upper or lower case; or the id of a run.</summary>
    public string? Text { get; init; }

    /// <summary>Recipes that the text means besides.</summary>
    public IReadOnlyCollection<string> TextRecipes { get; init; } = [];
    public IReadOnlyList<RunTimes> Times { get; init; } = [];
    public RunOrder Order { get; init; }
    public bool IsAscending { get; init; }

    /// <summary>Runs before the first of the page.</summary>
    public int Skip { get; init; }
    public int Most { get; init; } = 50;
}

/// <summary>Times of a run.</summary>
public enum RunTime
{
    Started,
    Ended,

    /// <summary>When it ended; now, as long as it has not.</summary>
    LastActive,
}

/// <summary>Narrows a search of runs by one of their times.</summary>
/// <param name="From">From then on; null for no such bound.</param>
/// <param name="Until">Before then; null for no such bound.</param>
/// <param name="IsOutside">Whether all other times are meant.</param>
public sealed record RunTimes(RunTime Which, DateTimeOffset? From, DateTimeOffset? Until, bool IsOutside = false);

/// <summary>What runs are put in order by.</summary>
public enum RunOrder
{
    Started,
    Ended,

    /// <summary>What has not ended is the latest.</summary>
    LastActive,
    Recipe,
}

/// <summary>One page of runs, without input, output and journal.</summary>
/// <param name="Total">How many runs there are on all pages.</param>
public sealed record RunsFound(IReadOnlyList<Run> Runs, int Total);
