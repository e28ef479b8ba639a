using System.Text.Json;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>A typed input of a recipe.</summary>
/// <param name="Required">
/// Whether a call must give it. An input is required unless its definition has a <c>defaultValue</c> or the recipe's
/// <c>customProperties.Recipes.optionalInputs</c> lists its name.
/// </param>
/// <param name="Default">Plain data; null when there is none.</param>
public sealed record RecipeInput(string Name, DataType Type, string? DisplayName, string? Description, bool Required, object? Default);

/// <summary>A typed output of a recipe.</summary>
public sealed record RecipeOutput(string Name, DataType Type, string? DisplayName, string? Description);

/// <summary>A variable, of the recipe or of one of its containers.</summary>
/// <param name="Initial">Plain data, the value it starts with.</param>
internal sealed record RecipeVariable(string Id, string Name, DataType Type, object? Initial);

/// <summary>One activity as the file has it.</summary>
internal sealed class ActivityDocument
{
    public required string Id { get; init; }
    public required string? Name { get; init; }
    public required string Type { get; init; }
    public required string Path { get; init; }
    public required JsonElement Json { get; init; }

    /// <summary>Whether <c>customProperties.canStartWorkflow</c> is set.</summary>
    public bool CanStart { get; init; }

    /// <summary>Variables that belong to this container.</summary>
    public IReadOnlyList<RecipeVariable> Variables { get; init; } = [];

    /// <summary>Members of <c>activities</c>, in the order of the file.</summary>
    public IReadOnlyList<ActivityDocument> Children { get; init; } = [];
    public ActivityDocument? Then { get; init; }
    public ActivityDocument? Else { get; init; }

    /// <summary>What a loop runs in every round.</summary>
    public ActivityDocument? Body { get; init; }

    /// <summary>Cases of a switch, in the order of the file.</summary>
    public IReadOnlyList<CaseDocument> Cases { get; init; } = [];

    /// <summary>What a switch runs when no case holds.</summary>
    public ActivityDocument? Default { get; init; }

    /// <summary>What a fork runs.</summary>
    public IReadOnlyList<ActivityDocument> Branches { get; init; } = [];

    /// <summary>Name in templates, messages and the journal.</summary>
    public string Step => string.IsNullOrEmpty(Name) ? Id : Name;

    public IEnumerable<ActivityDocument> All()
    {
        yield return this;
        foreach (var child in Children)
        {
            foreach (var one in child.All())
                yield return one;
        }

        foreach (var branch in (ActivityDocument?[])[Then, Else, Body, .. Cases.Select(c => c.Activity), Default, .. Branches])
        {
            if (branch is null)
                continue;
            foreach (var one in branch.All())
                yield return one;
        }
    }
}

/// <summary>One case of a switch as the file has it.</summary>
internal sealed record CaseDocument(string? Label, JsonElement? Condition, ActivityDocument? Activity, string Path);

/// <summary>A workflow definition as read from its file. What the format has beyond this is left alone.</summary>
internal sealed class RecipeDocument
{
    public required string Recipe { get; init; }

    /// <summary>The definition's own <c>name</c>, for people.</summary>
    public string? DisplayName { get; init; }
    public string? Description { get; init; }
    public IReadOnlyList<RecipeInput> Inputs { get; init; } = [];
    public IReadOnlyList<RecipeOutput> Outputs { get; init; } = [];
    public IReadOnlyList<RecipeVariable> Variables { get; init; } = [];

    /// <summary>From <c>customProperties.Recipes.runtimeUser</c>: how far this recipe tightens the policy of a key.</summary>
    public IReadOnlyDictionary<StableKey, RuntimeUserPolicy> Policies { get; init; } = new Dictionary<StableKey, RuntimeUserPolicy>();

    /// <summary>From <c>customProperties.Recipes.retry</c>.</summary>
    public RetryRules Retry { get; init; } = RetryRules.Default;

    /// <summary>From <c>customProperties.Recipes.timeLimit</c>; null when it says nothing.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>From <c>customProperties.Recipes.concurrency</c>; null when it says nothing.</summary>
    public int? Concurrency { get; init; }
    public ActivityDocument? Root { get; init; }
}
