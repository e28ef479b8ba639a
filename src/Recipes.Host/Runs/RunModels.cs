using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Puts together what the page of a run shows.</summary>
internal sealed class RunModels(IRunStore runs, RecipeCatalogue recipes, StepsUnderWay steps)
{
    /// <returns>Null when there is no such run that the reader may see.</returns>
    public async Task<RunModel?> FindAsync(Caller reader, Guid id, CancellationToken cancellationToken)
    {
        // Asked first: a step that ends meanwhile is in the journal then.
        var underWay = steps.Find(new RunId(id));
        if (await runs.FindAsync(reader, id, cancellationToken) is not { } run)
            return null;
        var recipe = recipes.Find(run.Recipe);
        return new()
        {
            Run = run,
            Reader = reader,
            RecipeName = recipe?.DisplayName ?? run.Recipe,
            IsCallable = recipe is { CanRun: true, IsCallable: true },
            UnderWay = run.Status == RunStatus.Running ? underWay : null,
        };
    }
}
