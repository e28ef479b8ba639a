using Microsoft.Extensions.Logging;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>What came of asking for something to be done with a run.</summary>
public enum RunControlResult
{
    Done,

    /// <summary>There is no such run that the caller may see.</summary>
    NotFound,

    /// <summary>It is another user's.</summary>
    Forbidden,

    /// <summary>The run does not stand where that could be done.</summary>
    NotPossible,
}

/// <summary>
/// What people do with runs: cancel them, let held ones go on or drop them, have the step that failed done again, and remove them. It takes one's own run, or the right to act as
/// other users.
/// </summary>
public sealed partial class RunControl(IRunStore runs, IRunQueue queue, RecipeCaller recipes, ILogger<RunControl> log)
{
    /// <summary>Held runs that are resumed or dropped in one go.</summary>
    public const int MostAtOnce = 10_000;

    /// <summary>Ends a run: at once, or after the request that is under way.</summary>
    public Task<RunControlResult> CancelAsync(Caller caller, RunId id, CancellationToken cancellationToken) => ActAsync(caller, id, async run =>
        run.EndedAt is null && await queue.CancelAsync(caller.Tenant, id, caller.User.Value, cancellationToken) is not null, cancellationToken);

    /// <summary>Has a held or waiting run go on now.</summary>
    public Task<RunControlResult> ResumeAsync(Caller caller, RunId id, CancellationToken cancellationToken) => ActAsync(caller, id, async run =>
    {
        if (run.Status is not (RunStatus.Held or RunStatus.Waiting) || !await queue.ResumeAsync(caller.Tenant, id, cancellationToken))
            return false;
        recipes.Wake();
        return true;
    }, cancellationToken);

    /// <summary>Has the step that failed, or is in doubt, done again; what was done before it is not.</summary>
    /// <param name="inputs">Inputs of that step that are put right, by name, as plain data; the others are as they were.</param>
    public Task<RunControlResult> RetryAsync(Caller caller, RunId id, IReadOnlyDictionary<string, object?> inputs, CancellationToken cancellationToken) =>
        ReopenAsync(caller, id, RunStatus.Faulted, machine => machine.Correct(inputs), inputs.Count > 0, cancellationToken);

    /// <summary>Says that the step in doubt was done after all; the run goes on behind it.</summary>
    /// <param name="output">What the step would have brought, by name, as plain data.</param>
    public Task<RunControlResult> SkipAsync(Caller caller, RunId id, IReadOnlyDictionary<string, object?> output, CancellationToken cancellationToken) =>
        ReopenAsync(caller, id, RunStatus.Flagged, machine => machine.Skip(output, $"Done already, says {caller.User}."), true, cancellationToken);

    /// <summary>Removes a run that has ended, with its journal. It takes the right to see all runs besides: what one did is not for oneself to wipe out.</summary>
    public Task<RunControlResult> RemoveAsync(Caller caller, RunId id, CancellationToken cancellationToken) => ActAsync(caller, id, async run =>
    {
        if (run.EndedAt is null || !await queue.RemoveAsync(caller.Tenant, id, cancellationToken))
            return false;
        // Nothing else tells of it from now on.
        LogRemoved(id, run.Recipe, run.Status, run.Caller, caller.User);
        return true;
    }, cancellationToken, Privileges.ViewAllRuns);

    /// <summary>Has all held runs go on that the caller may act on.</summary>
    /// <param name="connection">Only those held for this one; null means any.</param>
    /// <returns>How many there were.</returns>
    public Task<int> ResumeAllAsync(Caller caller, ConnectionId? connection, CancellationToken cancellationToken) => AllAsync(caller, connection, ResumeAsync, cancellationToken);

    /// <summary>Ends all held runs that the caller may act on.</summary>
    /// <param name="connection">Only those held for this one; null means any.</param>
    /// <returns>How many there were.</returns>
    public Task<int> DropAllAsync(Caller caller, ConnectionId? connection, CancellationToken cancellationToken) => AllAsync(caller, connection, CancelAsync, cancellationToken);

    private async Task<int> AllAsync(Caller caller, ConnectionId? connection, Func<Caller, RunId, CancellationToken, Task<RunControlResult>> act, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var id in await queue.HeldAsync(caller.Tenant, connection, MostAtOnce, cancellationToken))
        {
            if (await act(caller, id, cancellationToken) == RunControlResult.Done)
                done++;
        }

        return done;
    }

    private Task<RunControlResult> ReopenAsync(Caller caller, RunId id, RunStatus least, Action<RunMachine> prepare, bool always, CancellationToken cancellationToken) => ActAsync(caller, id, async run =>
    {
        if (run.Status is not RunStatus.Flagged && run.Status != least)
            return false;
        if (await queue.ReopenAsync(caller.Tenant, id, cancellationToken) is not { } claimed)
            return false;
        recipes.GoOn(claimed, always ? prepare : null);
        return true;
    }, cancellationToken);

    private async Task<RunControlResult> ActAsync(Caller caller, RunId id, Func<Run, Task<bool>> act, CancellationToken cancellationToken, Privileges besides = Privileges.None)
    {
        if (await runs.FindAsync(caller.Tenant, id, cancellationToken) is not { } run)
            return RunControlResult.NotFound;
        if (run.Caller != caller.User && run.RuntimeUser != caller.User && !caller.Has(Privileges.ActAsOtherUser))
            return caller.Has(Privileges.ViewAllRuns) ? RunControlResult.Forbidden : RunControlResult.NotFound;
        if (!caller.Has(besides))
            return RunControlResult.Forbidden;
        return await act(run) ? RunControlResult.Done : RunControlResult.NotPossible;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} of {Recipe} ({Status}, called by {Caller}) was removed by {User}")]
    private partial void LogRemoved(RunId run, string recipe, RunStatus status, UserId caller, UserId user);
}
