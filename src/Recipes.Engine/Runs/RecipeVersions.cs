using System.Collections.Concurrent;

namespace Recipes.Engine;

/// <summary>Recipes in the versions that runs began with, whatever has become of their files since.</summary>
internal sealed class RecipeVersions(RecipeCatalogue catalogue, IActionCatalogue actions, IRunStore runs)
{
    /// <summary>Old versions that are kept compiled.</summary>
    private const int MostOld = 256;

    private readonly ConcurrentDictionary<(string Recipe, string Version), byte> _kept = new();
    private readonly ConcurrentDictionary<(string Recipe, string Version), Plan> _old = new();

    /// <summary>Sees to it that runs of a version can go on later and elsewhere.</summary>
    public ValueTask KeepAsync(Plan plan, CancellationToken cancellationToken) =>
        _kept.ContainsKey((plan.Recipe, plan.Version)) ? ValueTask.CompletedTask : StoreAsync(plan, cancellationToken);

    /// <exception cref="InvalidDataException">When it is not to be had any more; the message says why.</exception>
    public ValueTask<Plan> FindAsync(string recipe, string version, CancellationToken cancellationToken) =>
        catalogue.Find(recipe)?.Plan is { } plan && plan.Version == version ? ValueTask.FromResult(plan)
        : _old.TryGetValue((recipe, version), out var old) ? ValueTask.FromResult(old)
        : new(LoadAsync(recipe, version, cancellationToken));

    private async ValueTask StoreAsync(Plan plan, CancellationToken cancellationToken)
    {
        await runs.KeepVersionAsync(plan.Recipe, plan.Version, plan.Source, cancellationToken);
        _kept.TryAdd((plan.Recipe, plan.Version), 0);
    }

    private async Task<Plan> LoadAsync(string recipe, string version, CancellationToken cancellationToken)
    {
        var source = await runs.FindVersionAsync(recipe, version, cancellationToken)
            ?? throw new InvalidDataException($"The recipe '{recipe}' is not there any more in the version {version}, with which this run began.");
        var compiled = PlanCompiler.Compile(recipe, source, actions);
        var plan = compiled.Plan
            ?? throw new InvalidDataException($"The recipe '{recipe}' cannot run any more in the version {version}, with which this run began: {compiled.Faults.FirstOrDefault()?.Message}");
        if (_old.Count >= MostOld)
            _old.Clear();
        return _old[(recipe, version)] = plan;
    }
}
