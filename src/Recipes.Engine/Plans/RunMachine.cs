using Microsoft.Extensions.Logging;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>
/// Runs one plan at a time. All it knows of a run are the frames, scopes, pending sets and records in its arrays; nothing recurses and a step
/// that waits for nothing costs no task.
/// </summary>
internal sealed partial class RunMachine
{
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(40);

    private Frame[] _frames = new Frame[8];
    private RunScope?[] _scopes = new RunScope?[2];
    private ulong[] _bits = new ulong[8];
    private StepRecord[] _records = new StepRecord[16];
    private int _frameCount;
    private int _scopeCount;
    private int _bitCount;
    private int _recordCount;
    private int _steps;
    private long _now;
    private int _branch;
    private IReadOnlyList<object?>? _items;
    private RunContext _context = null!;
    private RunFailure? _failure;
    private ActionNode? _waiting;
    private PlanNode? _pausing;
    private TimeSpan _pause;
    private int _waitingRecord;
    private Dictionary<string, object?>? _inputs;

    /// <summary>The recipe that is being run.</summary>
    public RunScope Scope => _scopes[_scopeCount - 1]!;

    /// <summary>Runs a plan to its end. Whatever happens in a step is part of the answer; nothing is thrown.</summary>
    /// <param name="stopping">The host stops: the run ends as failed.</param>
    public async ValueTask<RunEnd> RunAsync(Plan plan, IReadOnlyDictionary<string, object?> input, RunContext context, CancellationToken stopping)
    {
        _context = context;
        var startedAt = context.Time.GetUtcNow();
        var started = _now = context.Time.GetTimestamp();
        Push(new RunScope(plan, input, context.Fields, depth: 0, new(context.MaxSize)));
        var scope = Scope;
        Start(plan.Root, stopping);
        while (RunUntilWaiting(stopping))
        {
            if (_waiting is { } action)
                Complete(action, await StepSender.SendAsync(context, action, _inputs!, _waitingRecord, stopping));
            else
                await PauseAsync(_pausing!, stopping);
        }

        var journal = new StepJournal(_records.AsSpan(0, _recordCount).ToArray(), startedAt, started, context.Time);
        var end = new RunEnd(_failure, _failure is null ? scope.Outputs : [], journal);
        Clear();
        return end;
    }

    /// <summary>Notes which branch of the container that is being entered runs.</summary>
    public void Choose(int branch)
    {
        _branch = branch;
        EndRecord(_recordCount - 1, branch);
    }

    /// <summary>Leaves a list to the container that is being entered.</summary>
    public void Keep(IReadOnlyList<object?> items) => _items = items;

    /// <summary>Begins the record of a loop's next round.</summary>
    public void AddRound(PlanNode loop) => AddRecord(loop);

    /// <summary>How long the step that is being executed lets the run wait.</summary>
    public void PauseFor(TimeSpan time) => _pause = time;

    /// <summary>Adds what the current step has to say to its record.</summary>
    public void Tell(StepDetail detail) => _records[_recordCount - 1].Detail = detail;

    /// <summary>Hands over the inputs of an action that is to be sent.</summary>
    public void Prepare(Dictionary<string, object?> inputs) => _inputs = inputs;

    public void ResetVariables(int[] slots)
    {
        var scope = Scope;
        foreach (var slot in slots)
            scope.SetVariable(slot, scope.Plan.Variables[slot]);
    }

    /// <exception cref="StepException">When it cannot be called.</exception>
    public Plan FindCallee(string recipe)
    {
        if (Scope.Depth >= _context.MaxDepth)
            throw new StepException($"Calls are nested deeper than {_context.MaxDepth}.");
        return _context.Recipes.GetValueOrDefault(recipe)?.Plan ?? throw new StepException($"There is no recipe '{recipe}' that can run.");
    }

    /// <summary>Begins another recipe for a step; the step ends when that recipe does.</summary>
    public void Call(CallRecipeNode node, Plan plan, IReadOnlyDictionary<string, object?> input) =>
        Push(new RunScope(plan, input, _context.Fields, Scope.Depth + 1, Scope.Budget) { CalledBy = node, CallRecord = _recordCount - 1, BaseFrame = _frameCount });

    // Runs steps until one has a request to send (true) or the run has ended (false).
    private bool RunUntilWaiting(CancellationToken stopping)
    {
        while (_frameCount > 0 && _waiting is null && _pausing is null)
        {
            ref var frame = ref _frames[_frameCount - 1];
            var records = _recordCount;
            PlanNode? next;
            try
            {
                next = frame.Container.Next(this, ref frame, _bits.AsSpan(frame.Bits, _bitCount - frame.Bits));
            }
            catch (Exception e)
            {
                var loop = frame.Container;
                if (e is not StepException)
                    LogStepThrew(_context.Log, e, loop.Recipe, loop.Step);
                Fail(loop, _recordCount > records ? records : -1, new(e is StepException ? e.Message : $"The step failed unexpectedly ({e.GetType().Name}).", loop.Step, loop.Recipe));
                continue;
            }

            if (next is null)
                Leave();
            else
                Start(next, stopping);
        }

        return _waiting is not null || _pausing is not null;
    }

    private void Start(PlanNode node, CancellationToken stopping)
    {
        var record = -1;
        if (node.IsStep)
        {
            record = _recordCount;
            AddRecord(node);
        }

        if (++_steps > _context.MaxSteps)
        {
            Fail(node, record, new($"The run was stopped after {_context.MaxSteps} steps: is there a loop without an end?", node.Step, node.Recipe), final: true);
            return;
        }

        if (stopping.IsCancellationRequested)
        {
            Fail(node, record, RunFailure.Stopped(node), final: true);
            return;
        }

        try
        {
            switch (node.Execute(this))
            {
                case Signal.Enter:
                    Enter(node);
                    break;
                case Signal.Wait:
                    (_waiting, _waitingRecord) = ((ActionNode)node, record);
                    break;
                case Signal.Called:
                    Start(Scope.Plan.Root, stopping);
                    break;
                case Signal.Finish:
                    EndRecord(record, 0);
                    EndScope();
                    break;
                case Signal.Break:
                    LeaveLoop(record);
                    break;
                case Signal.Pause:
                    (_pausing, _waitingRecord) = (node, record);
                    break;
                case var outcome:
                    EndRecord(record, outcome);
                    Follow(node, outcome);
                    break;
            }
        }
        catch (StepException e)
        {
            Fail(node, record, new(e.Message, node.Step, node.Recipe));
        }
        catch (Exception e)
        {
            LogStepThrew(_context.Log, e, node.Recipe, node.Step);
            Fail(node, record, new($"The step failed unexpectedly ({e.GetType().Name}).", node.Step, node.Recipe));
        }
    }

    private void Enter(PlanNode container)
    {
        if (_frameCount == _frames.Length)
            Array.Resize(ref _frames, _frameCount * 2);
        ref var frame = ref _frames[_frameCount++];
        frame = new() { Container = container, Bits = _bitCount, Branch = _branch, Items = _items };
        _items = null;
        if (container is not FlowchartNode { Start: >= 0 } chart)
            return;
        while (_bitCount + chart.Words > _bits.Length)
            Array.Resize(ref _bits, _bits.Length * 2);
        Array.Clear(_bits, _bitCount, chart.Words);
        _bitCount += chart.Words;
        _bits[frame.Bits + (chart.Start / 64)] = 1UL << (chart.Start % 64);
    }

    private void Leave()
    {
        var container = _frames[--_frameCount].Container;
        _bitCount = _frames[_frameCount].Bits;
        if (_frameCount == Scope.BaseFrame)
            EndScope();
        else
            Follow(container, 0);
    }

    private void LeaveLoop(int record)
    {
        while (!_frames[_frameCount - 1].Container.IsLoop)
            _frameCount--;
        ref var frame = ref _frames[_frameCount - 1];
        Tell(new() { Note = $"Leaves '{frame.Container.Step}' in round {frame.Position}." });
        EndRecord(record, 0);
        Leave();
    }

    private async Task PauseAsync(PlanNode node, CancellationToken stopping)
    {
        try
        {
            // A timer takes 49 days at most.
            for (var left = _pause; left > TimeSpan.Zero; left -= s_longestTimer)
                await Task.Delay(left < s_longestTimer ? left : s_longestTimer, _context.Time, stopping);
        }
        catch (OperationCanceledException)
        {
            _pausing = null;
            Fail(node, _waitingRecord, RunFailure.Stopped(node), final: true);
            return;
        }

        _pausing = null;
        EndRecord(_waitingRecord, 0);
        Follow(node, 0);
    }

    /// <summary>Marks what comes next in a flowchart; a sequence knows by itself.</summary>
    public void Follow(PlanNode node, int outcome)
    {
        if (node.Edges is not { } edges)
            return;
        var bits = _frames[_frameCount - 1].Bits;
        foreach (var place in edges[outcome])
            _bits[bits + (place / 64)] |= 1UL << (place % 64);
    }

    private void EndScope()
    {
        var ended = PopScope();
        if (_scopeCount == 0)
            return;
        var node = (CallRecipeNode)ended.CalledBy!;
        try
        {
            node.Returned(Scope, ended);
        }
        catch (StepException e)
        {
            Fail(node, ended.CallRecord, new(e.Message, node.Step, node.Recipe));
            return;
        }

        EndRecord(ended.CallRecord, 0);
        Follow(node, 0);
    }

    // A failure goes to the step's own Failed outcome where it is connected, then to that of each call around it, and otherwise ends the run.
    private void Fail(PlanNode node, int record, RunFailure failure, Failure? cause = null, bool final = false)
    {
        for (var own = cause is not null; ; own = true)
        {
            if (own && !final && node.HandlesFailure)
            {
                Scope.SetFailure(node, Describe(failure, cause));
                EndRecord(record, node.FailedOutcome);
                Follow(node, node.FailedOutcome);
                return;
            }

            if (record >= 0)
                EndRecord(record, cause is not null && node is ActionNode ? node.FailedOutcome : StepRecord.Faulted);
            var ended = PopScope();
            if (_scopeCount == 0)
            {
                _failure = failure;
                return;
            }

            (node, record) = (ended.CalledBy!, ended.CallRecord);
        }
    }

    private static Dictionary<string, object?> Describe(RunFailure failure, Failure? cause) => new(1)
    {
        ["failure"] = new Dictionary<string, object?>(6)
        {
            ["message"] = failure.Message,
            ["kind"] = failure.Kind?.ToString(),
            ["status"] = cause?.Status is { } status ? (long)status : null,
            ["step"] = failure.Step,
            ["guidance"] = failure.Guidance,
            ["doubtful"] = failure.IsDoubtful,
        },
    };

    private void Complete(ActionNode node, ActionReply reply)
    {
        var record = _waitingRecord;
        (_waiting, _inputs) = (null, null);
        var failure = reply.WhyNot;
        _records[record].Detail = new()
        {
            Connection = reply.Connection,
            RequestLine = reply.Result?.RequestLine,
            Status = reply.Result?.Status ?? failure?.Status,
            Failure = failure,
            Tries = reply.Tries,
        };
        if (failure is not null)
        {
            Fail(node, record, RunFailure.Of(node, failure), failure);
            return;
        }

        if (reply.Fault is { } fault)
        {
            Fail(node, record, fault, final: reply.IsFinal);
            return;
        }

        try
        {
            node.Succeeded(Scope, ((ActionResult.Succeeded)reply.Result!).Output);
        }
        catch (StepException e)
        {
            Fail(node, record, new(e.Message, node.Step, node.Recipe));
            return;
        }

        EndRecord(record, 0);
        Follow(node, 0);
    }

    private void AddRecord(PlanNode node)
    {
        if (_recordCount == _records.Length)
            Array.Resize(ref _records, _recordCount * 2);
        ref var record = ref _records[_recordCount++];
        record.Node = node;
        record.Started = record.Ended = _now;
        record.Depth = Scope.Depth;
        record.Outcome = StepRecord.Unfinished;
        record.Detail = null;
    }

    private void EndRecord(int index, int outcome)
    {
        ref var record = ref _records[index];
        record.Ended = _now = _context.Time.GetTimestamp();
        record.Outcome = outcome;
    }

    private void Push(RunScope scope)
    {
        if (_scopeCount == _scopes.Length)
            Array.Resize(ref _scopes, _scopeCount * 2);
        _scopes[_scopeCount++] = scope;
    }

    private RunScope PopScope()
    {
        var scope = Scope;
        scope.Release();
        _scopes[--_scopeCount] = null;
        if (_frameCount > scope.BaseFrame)
        {
            _frameCount = scope.BaseFrame;
            _bitCount = _frames[_frameCount].Bits;
        }

        return scope;
    }

    // A machine is used again: nothing of a run may stay in it.
    private void Clear()
    {
        Array.Clear(_frames);
        Array.Clear(_records, 0, _recordCount);
        if (_records.Length > 1024)
            _records = new StepRecord[16];
        (_frameCount, _scopeCount, _bitCount, _recordCount, _steps) = (0, 0, 0, 0, 0);
        (_failure, _waiting, _pausing, _items, _inputs, _context) = (null, null, null, null, null, null!);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Step {Step} in recipe {Recipe} threw")]
    private static partial void LogStepThrew(ILogger log, Exception exception, string recipe, string step);
}
