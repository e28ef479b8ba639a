using Microsoft.Extensions.Logging;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Looks into what is stored of runs, without going on with them.</summary>
public sealed partial class RunStandings
{
    private readonly IRunStore _runs;
    private readonly RecipeVersions _versions;
    private readonly RecipeCatalogue _catalogue;
    private readonly IConnectionClients _clients;
    private readonly TimeProvider _time;
    private readonly ILogger<RunStandings> _log;

    internal RunStandings(IRunStore runs, RecipeVersions versions, RecipeCatalogue catalogue, IConnectionClients clients, TimeProvider time, ILogger<RunStandings> log) =>
        (_runs, _versions, _catalogue, _clients, _time, _log) = (runs, versions, catalogue, clients, time, log);

    /// <returns>Null when nothing of it is kept, it has not begun, or it cannot be read here.</returns>
    public async Task<RunStanding?> FindAsync(Run run, CancellationToken cancellationToken)
    {
        var state = await _runs.FindStateAsync(run.Tenant, run.Id, cancellationToken);
        if (state.IsEmpty)
            return null;
        var machine = new RunMachine();
        try
        {
            var plans = new Dictionary<(string, string), Plan>();
            foreach (var (recipe, version) in RunMachine.RecipesOf(state))
                plans[(recipe, version)] = await _versions.FindAsync(recipe, version, cancellationToken);
            machine.Restore(state, (recipe, version) => plans[(recipe, version)], [], new() { Recipes = _catalogue.Snapshot, Clients = _clients, Time = _time, Run = run.Id });
            return machine.Stand(isEnded: run.EndedAt is not null);
        }
        catch (Exception e) when (e is InvalidDataException or KeyNotFoundException or OverflowException)
        {
            LogNotRead(e, run.Id.Value, run.Recipe);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Where run {Run} of {Recipe} stands cannot be read here")]
    private partial void LogNotRead(Exception exception, Guid run, string recipe);
}
