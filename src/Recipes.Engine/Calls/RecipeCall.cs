using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>A call of a recipe by a program or a person.</summary>
public sealed record RecipeCall
{
    public required Caller Caller { get; init; }
    public required string Recipe { get; init; }

    /// <summary>Plain data (see <see cref="Connectors.PlainData"/>) by name of the input.</summary>
    public IReadOnlyDictionary<string, object?> Input { get; init; } = new Dictionary<string, object?>();

    /// <summary>The user to act as; null means the caller. Only callable recipes take one.</summary>
    public UserId? RuntimeUser { get; init; }

    /// <summary>Connections named for this call, by key. Only callable recipes take them.</summary>
    public IReadOnlyDictionary<StableKey, ConnectionId> Connections { get; init; } = new Dictionary<StableKey, ConnectionId>();

    /// <summary>Whether to answer when the run has ended (true) or as soon as it is accepted.</summary>
    public bool Wait { get; init; } = true;

    /// <summary>How long to wait for the end at most; null means as long as the setting <see cref="RecipesEngineOptions.LongestCall"/> says.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>Whether a connection that cannot be used for now holds the run at its step; otherwise the call is refused.</summary>
    public bool MayBeHeld { get; init; }

    /// <summary>What the call is about, 1 to 200 characters, unique in the tenant: a second call of the recipe with the same one starts nothing, and is told the first one's run. Null to start in any case.</summary>
    public string? OnceKey { get; init; }
}

/// <summary>What came of a call.</summary>
public abstract record RecipeCallResult
{
    private RecipeCallResult() { }

    /// <summary>The run has ended, well or badly, and is stored.</summary>
    public sealed record Ended(Run Run) : RecipeCallResult;

    /// <summary>The run is stored and goes on by itself.</summary>
    /// <param name="Status">Where it stands: running, queued, waiting or held.</param>
    /// <param name="Failure">Why it is held or waits; null for nothing.</param>
    public sealed record Accepted(RunId Run, RunStatus Status = RunStatus.Running, RunFailure? Failure = null) : RecipeCallResult;

    /// <summary>There is too much to do; nothing was begun or stored.</summary>
    /// <param name="RetryAfter">When to try again.</param>
    public sealed record Busy(TimeSpan RetryAfter) : RecipeCallResult;

    /// <summary>There is no recipe of that name.</summary>
    public sealed record NotFound(string Recipe) : RecipeCallResult;

    /// <summary>No version of the recipe can run.</summary>
    public sealed record Broken(string Recipe, IReadOnlyList<RecipeFault> Faults) : RecipeCallResult;

    /// <summary>The input is not what the recipe declares.</summary>
    public sealed record Invalid(IReadOnlyList<InputFault> Faults) : RecipeCallResult;

    /// <summary>A connection is missing; no step ran. The refusal is stored as a run.</summary>
    public sealed record Refused(Run Run, IReadOnlyList<MissingConnection> Missing) : RecipeCallResult;

    /// <summary>The caller may not call it so.</summary>
    public sealed record Forbidden(string Reason) : RecipeCallResult;
}
