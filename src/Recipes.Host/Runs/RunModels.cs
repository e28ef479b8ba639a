using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Puts together what the page of a run shows.</summary>
internal sealed class RunModels(IRunStore runs, RecipeCatalogue recipes, RunStandings standings)
{
    /// <returns>Null when there is no such run that the reader may see.</returns>
    public async Task<RunModel?> FindAsync(Caller reader, Guid id, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(reader, id, cancellationToken) is not { } run)
            return null;
        var recipe = recipes.Find(run.Recipe);
        return new()
        {
            Run = run,
            Reader = reader,
            RecipeName = recipe?.DisplayName ?? run.Recipe,
            IsCallable = recipe is { CanRun: true, IsCallable: true },
            At = run.Status is RunStatus.Running or RunStatus.Waiting ? (await standings.FindAsync(run, cancellationToken))?.Step : null,
        };
    }
}
