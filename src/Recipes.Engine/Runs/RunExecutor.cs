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
    RecipeCatalogue catalogue, RecipeVersions versions, IConnectionClients clients, IRunStore runs, IRunQueue queue, RunningRuns running,
    IOptions<RecipesEngineOptions> options, TimeProvider time, ILogger<RunExecutor> log)
{
    /// <summary>Shorter waits than this are not worth putting a run aside.</summary>
    private static readonly TimeSpan s_shortWait = TimeSpan.FromSeconds(1);

    /// <summary>How long a run whose connection could not be used right after it had healed waits at most.</summary>
    private static readonly TimeSpan s_longestHold = TimeSpan.FromMinutes(5);

    /// <summary>How long a run that cannot go on here waits for another node, or for what this one lacks.</summary>
    private static readonly TimeSpan s_tryElsewhere = TimeSpan.FromSeconds(30);

    /// <summary>A run whose nodes have died so often at one step is not given to another one.</summary>
    private const int MostLosses = 5;

    private static readonly TimeSpan s_longestStoring = TimeSpan.FromSeconds(2);

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
                ? await PutBackAsync(new(run, own, default, null, TimeSpan.Zero), fault)
                : await StoreEndAsync(run with { Status = RunStatus.Faulted, Failure = fault, EndedAt = time.GetUtcNow() }, claim, default);
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
            return await PutBackAsync(claimed, new(e.Message, Recipe: run.Recipe));
        }

        var isCurrent = catalogue.Find(run.Recipe) is { } current && current.Plan == plan;
        // What callees need in another version than today's is not known: all that the run is bound to.
        var fieldKeys = isCurrent ? catalogue.Find(run.Recipe)!.FieldKeys : plan.FieldKeys.Count == 0 && plan.Calls.Count == 0 ? [] : [.. run.Connections.Select(c => c.Key)];
        var context = NewContext(run, plan, claimed.HeldFor);
        if (fieldKeys.Count > 0 && await ReadFieldsAsync(context, fieldKeys, run) is { } fault)
            return await PutBackAsync(claimed, fault);
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
            return await PutBackAsync(claimed, new("The stored state of the run cannot be read here.", Recipe: run.Recipe));
        }

        if (claimed.Losses >= MostLosses)
            machine.Fail(node => new($"The hosts that were at this step ended {claimed.Losses} times in a row; it is not tried again by itself.", node.Step, node.Recipe) { IsDoubtful = machine.Tries.IsUnderWay });
        else if (machine.IsPaused)
            machine.Resume();
        prepare?.Invoke(machine);
        return await GoOnAsync(run, machine, context, claimed.Claim, run.Journal.Count, claimed.IsReopened);
    }

    // As it was claimed, for a later time or another node. One that has ended stays so.
    private async ValueTask<Run> PutBackAsync(ClaimedRun claimed, RunFailure why)
    {
        var run = claimed.Run;
        if (claimed.IsReopened)
            return await StoreEndAsync(run, claimed.Claim, claimed.State);
        var now = time.GetUtcNow();
        var pause = new RunPause(RunStatus.Waiting, now + s_tryElsewhere, now, why);
        var step = new RunStep { Run = run.Id, Claim = claimed.Claim, State = claimed.State, JournalFrom = run.Journal.Count, Pause = pause };
        await StoreAsync(run, () => runs.StepAsync(step, CancellationToken.None));
        run = run with { Status = RunStatus.Waiting, Failure = why, Wait = new(now, pause.DueAt) };
        running.Tell(run);
        return run;
    }

    private async ValueTask<Run> GoOnAsync(Run run, RunMachine machine, RunContext context, Guid? claim, int storedEntries, bool isReopened = false)
    {
        var isDone = false;
        var course = new Course(run, machine, context) { Stored = storedEntries, IsReopened = isReopened };
        try
        {
            if (claim is { } own)
                Hold(course, own);
            // What a person has said is kept before anything is done about it.
            run = isReopened && !await KeepAsync(course) ? await LeaveAsync(course) : await GoOnAsync(course);
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

    private void Hold(Course course, Guid claim)
    {
        course.Claim = claim;
        running.Claims[claim] = 0;
    }

    private async ValueTask<Run> GoOnAsync(Course course)
    {
        var machine = course.Machine;
        while (true)
        {
            switch (machine.RunOn(running.Stopping))
            {
                case MachineStop.Ended:
                    return await EndAsync(course);
                case MachineStop.Stopped:
                    return await PutAsideAsync(course, new(RunStatus.Running, time.GetUtcNow(), time.GetUtcNow()));
                case MachineStop.Paused:
                    var now = time.GetUtcNow();
                    if (machine.Pause >= s_shortWait || !await WaitAsync(machine.Pause))
                        return await PutAsideAsync(course, new(RunStatus.Waiting, now + machine.Pause, now));
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
    private async ValueTask<Run?> SendAsync(Course course)
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
            return await PutAsideAsync(course, new(RunStatus.Running, time.GetUtcNow(), time.GetUtcNow()));
        machine.Tries = tries with { IsUnderWay = true };
        var storing = time.GetTimestamp();
        // A host that was suspended meanwhile asks once more: its run may be another's by now.
        if (!await KeepAsync(course) || (time.GetElapsedTime(storing) > queue.Lease / 2 && !await KeepAsync(course)))
            return await LeaveAsync(course);
        var reply = await StepSender.SendAsync(course.Context, node, machine.Inputs, machine.Place, tries, so => KeepTriesAsync(course, so), running.Stopping, running.Abandoned);
        if (reply.IsLost)
            return await LeaveAsync(course);
        var firstAt = tries.Count == 0 ? time.GetUtcNow() : tries.FirstAt;
        tries = new(tries.Count, 0, firstAt, tries.IsDoubtful || reply.IsDoubtful, false);
        if (reply.IsStopped)
        {
            machine.Tries = tries;
            return await PutAsideAsync(course, new(RunStatus.Running, time.GetUtcNow(), time.GetUtcNow()));
        }

        if (reply.Again is { } again)
        {
            machine.Tries = tries with { Count = reply.Tries };
            return await PutAsideAsync(course, new(RunStatus.Waiting, again, time.GetUtcNow(), RunFailure.Of(node, reply.WhyNot!)));
        }

        if (reply is { WhyNot: { IsDoubtful: false } failure, Connection: { } bound } && !node.HandlesFailure && IsForSomebodyToMend(failure))
        {
            var holds = machine.Tries.Holds + 1;
            machine.Tries = tries with { Holds = holds };
            var now = time.GetUtcNow();
            var pause = TimeSpan.FromSeconds(Math.Min(s_longestHold.TotalSeconds, Math.Pow(2, holds - 1)));
            LogHeld(course.Run.Id.Value, course.Run.Recipe, node.Step, bound.Id);
            return await PutAsideAsync(course, new(RunStatus.Held, now + pause, now, RunFailure.Of(node, failure), bound.Id, node.Action.Connector.Name));
        }

        machine.Complete(reply);
        return null;
    }

    private ValueTask<bool> KeepTriesAsync(Course course, StepTries tries)
    {
        course.Machine.Tries = tries with { Holds = course.Machine.Tries.Holds, IsUnderWay = true };
        return KeepAsync(course);
    }

    // Nothing was done, and nothing will be until the connection is another one than it was.
    private static bool IsForSomebodyToMend(Failure failure) => failure.IsUnusable || failure.Kind == FailureKind.ModifiedCredentials;

    private async ValueTask<bool> WaitAsync(TimeSpan pause)
    {
        await Task.Delay(pause, time, running.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !running.Stopping.IsCancellationRequested;
    }

    /// <summary>Stores where the run stands.</summary>
    /// <returns>False when it is not this node's any more.</returns>
    private async ValueTask<bool> KeepAsync(Course course, RunPause? pause = null)
    {
        var machine = course.Machine;
        foreach (var plan in machine.Plans)
            await versions.KeepAsync(plan, CancellationToken.None);
        var from = machine.TakeFirstChanged(course.Stored);
        var journal = machine.JournalFrom(from);
        if (course.Claim is not { } claim)
        {
            claim = Guid.CreateVersion7(time.GetUtcNow());
            // Its caller still waits, and may be told that it could not be taken in.
            Hold(course, claim);
            await runs.StartAsync(new() { Run = course.Run, Claim = claim, State = machine.Save(), Journal = journal }, CancellationToken.None);
            course.Stored = machine.JournalCount;
            if (pause is null)
                return true;
            (from, journal) = (course.Stored, machine.JournalFrom(course.Stored));
        }

        var step = new RunStep { Run = course.Run.Id, Claim = claim, State = machine.Save(), Journal = journal, JournalFrom = from, Pause = pause, IsReopened = course.IsReopened };
        if (!await StoreAsync(course.Run, () => runs.StepAsync(step, CancellationToken.None)))
            return false;
        (course.Stored, course.IsReopened) = (machine.JournalCount, false);
        return true;
    }

    /// <summary>Gives the run back, to go on later.</summary>
    private async ValueTask<Run> PutAsideAsync(Course course, RunPause pause)
    {
        if (!await KeepAsync(course, pause))
            return await LeaveAsync(course);
        course.Machine.Abandon();
        return course.Run with
        {
            Status = pause.Status,
            Failure = pause.Failure,
            Wait = pause.Status == RunStatus.Running ? null : new(pause.Since, pause.Connection is null ? pause.DueAt : null, pause.Connection, pause.Connector),
        };
    }

    // Another node has it, or somebody has cancelled it.
    private async ValueTask<Run> LeaveAsync(Course course)
    {
        if (await queue.FindCancellerAsync(course.Run.Id, course.Claim!.Value, CancellationToken.None) is { } canceller)
        {
            course.Machine.Fail(node => RunFailure.CancelledBy(canceller, node.Step, node.Recipe));
            return await EndAsync(course);
        }

        LogLost(course.Run.Id.Value, course.Run.Recipe);
        course.Machine.Abandon();
        return course.Run;
    }

    private async ValueTask<Run> EndAsync(Course course)
    {
        var (run, machine, plan) = (course.Run, course.Machine, course.Machine.Outermost);
        var state = machine is { HasFailed: true, IsResumable: true } && course.Claim is not null ? TrySave(machine) : default;
        var end = machine.End();
        var failure = end.Failure;
        ReadOnlyMemory<byte> output = default;
        if (failure is null)
        {
            try
            {
                output = RunJson.OfOutput(plan.Outputs, end.Outputs);
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException)
            {
                failure = new("The recipe's output is nested too deeply to be written as JSON.", Recipe: run.Recipe);
                state = default;
            }
        }

        run = run with
        {
            Status = failure switch { null => RunStatus.Completed, { IsDoubtful: true } => RunStatus.Flagged, { IsCancellation: true } => RunStatus.Cancelled, _ => RunStatus.Faulted },
            Output = output,
            Failure = failure,
            Journal = end.Journal,
            EndedAt = time.GetUtcNow(),
        };
        return await StoreEndAsync(run, course.Claim, run.Status == RunStatus.Cancelled ? default : state);
    }

    private static ReadOnlyMemory<byte> TrySave(RunMachine machine)
    {
        try
        {
            return machine.Save();
        }
        catch (StepException)
        {
            return default;
        }
    }

    private async ValueTask<Run> StoreEndAsync(Run run, Guid? claim, ReadOnlyMemory<byte> state)
    {
        if (claim is { } own)
        {
            if (!await StoreAsync(run, () => runs.EndAsync(run, own, state, CancellationToken.None)))
                LogLost(run.Id.Value, run.Recipe);
        }
        else
        {
            try
            {
                await runs.SaveAsync(run, CancellationToken.None);
            }
            catch (Exception e)
            {
                // Its caller may be gone by now.
                LogNotStored(e, run.Id.Value, run.Recipe);
                throw;
            }
        }

        LogEnded(run.Id.Value, run.Recipe, run.Status);
        return run;
    }

    // What was done must not be forgotten because the database is away for a moment: as long as the claim is good, nobody else knows better.
    private async ValueTask<bool> StoreAsync(Run run, Func<ValueTask<bool>> store)
    {
        var started = time.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(50); ; pause = pause * 2 < s_longestStoring ? pause * 2 : s_longestStoring)
        {
            try
            {
                return await store();
            }
            catch (Exception e) when (e is not ObjectDisposedException && time.GetElapsedTime(started) < queue.Lease * 4 && !running.Abandoned.IsCancellationRequested)
            {
                LogStoredAgain(e, run.Id.Value, run.Recipe);
            }
            catch (Exception e)
            {
                LogNotStored(e, run.Id.Value, run.Recipe);
                throw;
            }

            await Task.Delay(pause, time);
        }
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

    /// <summary>A run under way here.</summary>
    private sealed class Course(Run run, RunMachine machine, RunContext context)
    {
        public Run Run => run;
        public RunMachine Machine => machine;
        public RunContext Context => context;

        /// <summary>Null as long as nothing is stored.</summary>
        public Guid? Claim { get; set; }

        /// <summary>Whether the run counts as ended until its next step is stored.</summary>
        public bool IsReopened { get; set; }

        /// <summary>Entries of the journal that are stored.</summary>
        public int Stored { get; set; }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Run {Run} of {Recipe} ended: {Status}")]
    private partial void LogEnded(Guid run, string recipe, RunStatus status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} of {Recipe} is held at step {Step}: connection {Connection} cannot be used")]
    private partial void LogHeld(Guid run, string recipe, string step, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} of {Recipe} was taken over by another node")]
    private partial void LogLost(Guid run, string recipe);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} of {Recipe} could not be stored; tried again")]
    private partial void LogStoredAgain(Exception exception, Guid run, string recipe);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} of {Recipe} could not be stored")]
    private partial void LogNotStored(Exception exception, Guid run, string recipe);

    [LoggerMessage(Level = LogLevel.Error, Message = "The stored state of run {Run} of {Recipe} cannot be read")]
    private partial void LogNotRestored(Exception exception, Guid run, string recipe);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} of {Recipe} could not read the fields of its connections")]
    private partial void LogNoFields(Exception exception, Guid run, string recipe);
}
