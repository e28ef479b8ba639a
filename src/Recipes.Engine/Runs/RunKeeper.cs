using Microsoft.Extensions.Logging;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Stores where a run stands, under its claim: on its way, put aside, or ended.</summary>
internal sealed partial class RunKeeper(RecipeVersions versions, IRunStore runs, IRunQueue queue, RunningRuns running, TimeProvider time, ILogger<RunKeeper> log)
{
    /// <summary>How long a run that cannot go on here waits for another node, or for what this one lacks.</summary>
    private static readonly TimeSpan s_tryElsewhere = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_longestStoring = TimeSpan.FromSeconds(2);

    /// <summary>Gives a run back as it was claimed, for a later time or another node. One that has ended stays so.</summary>
    public async ValueTask<Run> PutBackAsync(ClaimedRun claimed, RunFailure why)
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

    /// <summary>Stores where the run stands.</summary>
    /// <returns>False when it is not this node's any more.</returns>
    public async ValueTask<bool> KeepAsync(RunCourse course, RunPause? pause = null)
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
    public async ValueTask<Run> PutAsideAsync(RunCourse course, RunPause pause)
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

    /// <summary>What becomes of a run whose claim is not good any more: another node has it, or somebody has cancelled it.</summary>
    public async ValueTask<Run> LeaveAsync(RunCourse course)
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

    public async ValueTask<Run> EndAsync(RunCourse course)
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

    public async ValueTask<Run> StoreEndAsync(Run run, Guid? claim, ReadOnlyMemory<byte> state)
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

    /// <summary>From now on the run is stored under a claim.</summary>
    public void Hold(RunCourse course, Guid claim)
    {
        course.Claim = claim;
        running.Claims[claim] = 0;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Run {Run} of {Recipe} ended: {Status}")]
    private partial void LogEnded(Guid run, string recipe, RunStatus status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} of {Recipe} was taken over by another node")]
    private partial void LogLost(Guid run, string recipe);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} of {Recipe} could not be stored; tried again")]
    private partial void LogStoredAgain(Exception exception, Guid run, string recipe);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} of {Recipe} could not be stored")]
    private partial void LogNotStored(Exception exception, Guid run, string recipe);
}
