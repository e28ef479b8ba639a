using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Options;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>
/// Takes a run from where it stands to its end, or to where it has to wait. Before a step reaches out, the run is stored with what is about to be done;
/// so whoever takes it over knows.
/// </summary>
internal sealed partial class RunExecutor(
    RecipeCatalogue catalogue, RecipeVersions versions, IConnectionClients clients, RunKeeper keeper, IRunQueue queue, RunningRuns running,
    IOptions<RecipesEngineOptions> options, TimeProvider time, ILogger<RunExecutor> log)
{
    /// <summary>Shorter waits than this are not worth putting a run aside.</summary>
    private static readonly TimeSpan s_shortWait = TimeSpan.FromSeconds(1);

    /// <summary>How long a run whose connection could not be used right after it had healed waits at most.</summary>
    private static readonly TimeSpan s_longestHold = TimeSpan.FromMinutes(5);

    /// <summary>A run whose nodes have died so often at one step is not given to another one.</summary>
    private const int MostLosses = 5;

    private readonly DefaultObjectPool<RunMachine> _machines = new(new DefaultPooledObjectPolicy<RunMachine>());

    /// <summary>Begins a run.</summary>
    /// <param name="claim">Under which it is stored already; null when nothing is stored of it yet.</param>
    /// <returns>The run as it ended or was put aside.</returns>
    public async ValueTask<Run> BeginAsync(Run run, Plan plan, IReadOnlyList<StableKey> fieldKeys, IReadOnlyDictionary<string, object?> input, Guid? claim)
    {
        var context = NewContext(run, plan, TimeSpan.Zero);
        if (fieldKeys.Count > 0 && await ReadFieldsAsync(context, fieldKeys, run) is { } fault)
        {
            return claim is { } own
                ? await keeper.PutBackAsync(new(run, own, default, null, TimeSpan.Zero), fault)
                : await keeper.StoreEndAsync(run with { Status = RunStatus.Faulted, Failure = fault, EndedAt = time.GetUtcNow() }, claim, default);
        }

        var machine = _machines.Get();
        machine.Begin(plan, input, context);
        return await GoOnAsync(run, machine, context, claim, 0);
    }

    /// <summary>Goes on with a run that was claimed.</summary>
    /// <param name="prepare">What is to be done before its next step; null for nothing.</param>
    public async ValueTask<Run> ResumeAsync(ClaimedRun claimed, Action<RunMachine>? prepare = null)
    {
        var run = claimed.Run with { Status = RunStatus.Running, Failure = null, EndedAt = null, Wait = null, Output = default };
        Plan plan;
        var plans = new Dictionary<(string, string), Plan>();
        try
        {
            plan = await versions.FindAsync(run.Recipe, run.RecipeVersion, running.Stopping);
            if (!claimed.State.IsEmpty)
            {
                foreach (var (recipe, version) in RunMachine.RecipesOf(claimed.State))
                    plans[(recipe, version)] = await versions.FindAsync(recipe, version, running.Stopping);
            }
        }
        catch (InvalidDataException e)
        {
            // This node may lack what others have: a connector's file, a newer version of the program.
            LogNotRestored(e, run.Id.Value, run.Recipe);
            return await keeper.PutBackAsync(claimed, new(e.Message, Recipe: run.Recipe));
        }

        var isCurrent = catalogue.Find(run.Recipe) is { } current && current.Plan == plan;
        // What callees need in another version than today's is not known: all that the run is bound to.
        var fieldKeys = isCurrent ? catalogue.Find(run.Recipe)!.FieldKeys : plan.FieldKeys.Count == 0 && plan.Calls.Count == 0 ? [] : [.. run.Connections.Select(c => c.Key)];
        var context = NewContext(run, plan, claimed.HeldFor);
        if (fieldKeys.Count > 0 && await ReadFieldsAsync(context, fieldKeys, run) is { } fault)
            return await keeper.PutBackAsync(claimed, fault);
        var machine = _machines.Get();
        try
        {
            if (claimed.State.IsEmpty)
            {
                using var json = System.Text.Json.JsonDocument.Parse(run.Input);
                InputReader.Read(plan.Inputs, (IReadOnlyDictionary<string, object?>)PlainData.FromJson(json.RootElement)!, out var input, isOpen: plan.Trigger is not null);
                machine.Begin(plan, input, context);
            }
            else
            {
                machine.Restore(claimed.State, (recipe, version) => plans[(recipe, version)], run.Journal, context);
            }
        }
        catch (Exception e) when (e is InvalidDataException or KeyNotFoundException or OverflowException)
        {
            machine.Abandon();
            _machines.Return(machine);
            LogNotRestored(e, run.Id.Value, run.Recipe);
            return await keeper.PutBackAsync(claimed, new("The stored state of the run cannot be read here.", Recipe: run.Recipe));
        }

        if (claimed.Losses >= MostLosses)
            machine.Fail(node => new($"The hosts that were at this step ended {claimed.Losses} times in a row; it is not tried again by itself.", node.Step, node.Recipe) { IsDoubtful = machine.Tries.IsUnderWay });
        else if (machine.IsPaused)
            machine.Resume();
        prepare?.Invoke(machine);
        return await GoOnAsync(run, machine, context, claimed.Claim, run.Journal.Count, claimed.IsReopened);
    }

    private async ValueTask<Run> GoOnAsync(Run run, RunMachine machine, RunContext context, Guid? claim, int storedEntries, bool isReopened = false)
    {
        var isDone = false;
        var course = new RunCourse(run, machine, context) { Stored = storedEntries, IsReopened = isReopened };
        try
        {
            if (claim is { } own)
                keeper.Hold(course, own);
            // What a person has said is kept before anything is done about it.
            run = isReopened && !await keeper.KeepAsync(course) ? await keeper.LeaveAsync(course) : await GoOnAsync(course);
            isDone = true;
            return run;
        }
        finally
        {
            if (!isDone)
                machine.Abandon();
            if (course.Claim is { } over)
                running.Claims.TryRemove(over, out _);
            _machines.Return(machine);
            running.Tell(run);
        }
    }

    private async ValueTask<Run> GoOnAsync(RunCourse course)
    {
        var machine = course.Machine;
        while (true)
        {
            switch (machine.RunOn(running.Stopping))
            {
                case MachineStop.Ended:
                    return await keeper.EndAsync(course);
                case MachineStop.Stopped:
                    return await keeper.PutAsideAsync(course, new(RunStatus.Running, time.GetUtcNow(), time.GetUtcNow()));
                case MachineStop.Paused:
                    var now = time.GetUtcNow();
                    if (machine.Pause >= s_shortWait || !await WaitAsync(machine.Pause))
                        return await keeper.PutAsideAsync(course, new(RunStatus.Waiting, now + machine.Pause, now));
                    machine.Resume();
                    break;
                case MachineStop.Sending:
                    if (await SendAsync(course) is { } left)
                        return left;
                    break;
            }
        }
    }

    /// <returns>The run when it does not go on here.</returns>
    private async ValueTask<Run?> SendAsync(RunCourse course)
    {
        var machine = course.Machine;
        var node = machine.Action;
        var tries = machine.Tries;
        if (tries.IsUnderWay && !node.Action.MayRepeat(machine.Inputs))
        {
            machine.Complete(new()
            {
                Connection = course.Context.Connections.GetValueOrDefault(node.Key),
                Failure = new() { Kind = FailureKind.Unavailable, Message = "The host was ended while the app was being asked; whether the app did it is unknown.", IsDoubtful = true, At = time.GetUtcNow() },
                Tries = tries.Count + 1,
            });
            return null;
        }

        // A host that stops begins nothing any more.
        if (running.Stopping.IsCancellationRequested)
            return await keeper.PutAsideAsync(course, new(RunStatus.Running, time.GetUtcNow(), time.GetUtcNow()));
        machine.Tries = tries with { IsUnderWay = true };
        var storing = time.GetTimestamp();
        // A host that was suspended meanwhile asks once more: its run may be another's by now.
        if (!await keeper.KeepAsync(course) || (time.GetElapsedTime(storing) > queue.Lease / 2 && !await keeper.KeepAsync(course)))
            return await keeper.LeaveAsync(course);
        var reply = await StepSender.SendAsync(course.Context, node, machine.Inputs, machine.Place, tries, so => KeepTriesAsync(course, so), running.Stopping, running.Abandoned);
        if (reply.IsLost)
            return await keeper.LeaveAsync(course);
        var firstAt = tries.Count == 0 ? time.GetUtcNow() : tries.FirstAt;
        tries = new(tries.Count, 0, firstAt, tries.IsDoubtful || reply.IsDoubtful, false);
        if (reply.IsStopped)
        {
            machine.Tries = tries;
            return await keeper.PutAsideAsync(course, new(RunStatus.Running, time.GetUtcNow(), time.GetUtcNow()));
        }

        if (reply.Again is { } again)
        {
            machine.Tries = tries with { Count = reply.Tries };
            return await keeper.PutAsideAsync(course, new(RunStatus.Waiting, again, time.GetUtcNow(), RunFailure.Of(node, reply.WhyNot!)));
        }

        if (reply is { WhyNot: { IsDoubtful: false } failure, Connection: { } bound } && !node.HandlesFailure && IsForSomebodyToMend(failure))
        {
            var holds = machine.Tries.Holds + 1;
            machine.Tries = tries with { Holds = holds };
            var now = time.GetUtcNow();
            var pause = TimeSpan.FromSeconds(Math.Min(s_longestHold.TotalSeconds, Math.Pow(2, holds - 1)));
            LogHeld(course.Run.Id.Value, course.Run.Recipe, node.Step, bound.Id);
            return await keeper.PutAsideAsync(course, new(RunStatus.Held, now + pause, now, RunFailure.Of(node, failure), bound.Id, node.Action.Connector.Name));
        }

        machine.Complete(reply);
        return null;
    }

    private ValueTask<bool> KeepTriesAsync(RunCourse course, StepTries tries)
    {
        course.Machine.Tries = tries with { Holds = course.Machine.Tries.Holds, IsUnderWay = true };
        return keeper.KeepAsync(course);
    }

    // Nothing was done, and nothing will be until the connection is another one than it was.
    private static bool IsForSomebodyToMend(Failure failure) => failure.IsUnusable || failure.Kind == FailureKind.ModifiedCredentials;

    private async ValueTask<bool> WaitAsync(TimeSpan pause)
    {
        await Task.Delay(pause, time, running.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !running.Stopping.IsCancellationRequested;
    }

    private RunContext NewContext(Run run, Plan plan, TimeSpan heldFor) => new()
    {
        Recipes = catalogue.Snapshot,
        Clients = clients,
        Time = time,
        Run = run.Id,
        Log = log,
        Connections = run.Connections.Count == 0 ? RunContext.NoConnections : run.Connections.ToDictionary(c => c.Key),
        MaxSteps = options.Value.MaxSteps,
        MaxDepth = options.Value.MaxDepth,
        MaxSize = options.Value.MaxRunSize,
        EndsAt = (plan.TimeLimit ?? options.Value.MaxRunTime) is { } limit ? run.StartedAt + limit + heldFor : null,
    };

    private async ValueTask<RunFailure?> ReadFieldsAsync(RunContext context, IReadOnlyList<StableKey> keys, Run run)
    {
        try
        {
            var fields = new Dictionary<string, object?>(keys.Count);
            foreach (var key in keys.Where(context.Connections.ContainsKey))
            {
                var client = await clients.GetAsync(context.Connections[key].Id, running.Abandoned);
                fields[key.Value] = new Dictionary<string, object?>(1) { ["fields"] = client.Fields };
            }

            context.Fields = fields;
            return null;
        }
        catch (Exception e)
        {
            LogNoFields(e, run.Id.Value, run.Recipe);
            return new(ActionFailures.From(e, time.GetUtcNow()).Message, Recipe: run.Recipe);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} of {Recipe} is held at step {Step}: connection {Connection} cannot be used")]
    private partial void LogHeld(Guid run, string recipe, string step, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Error, Message = "The stored state of run {Run} of {Recipe} cannot be read")]
    private partial void LogNotRestored(Exception exception, Guid run, string recipe);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} of {Recipe} could not read the fields of its connections")]
    private partial void LogNoFields(Exception exception, Guid run, string recipe);
}
