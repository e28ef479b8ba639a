using Microsoft.Extensions.Logging;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Where a machine has come to.</summary>
internal enum MachineStop
{
    /// <summary>The run has ended, well or badly.</summary>
    Ended,

    /// <summary>A step has a request to send.</summary>
    Sending,

    /// <summary>A step waits for a time.</summary>
    Paused,

    /// <summary>It was asked to stop between two steps.</summary>
    Stopped,
}

/// <summary>
/// Runs one plan at a time. All it knows of a run are the frames, scopes, pending sets and records in its arrays; nothing recurses and a step
/// that waits for nothing costs no task. Between two steps it can be saved, and restored elsewhere.
/// </summary>
internal sealed partial class RunMachine
{
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
    private DateTimeOffset _startedAt;
    private long _started;
    private long _deadline = long.MaxValue;
    private RunContext _context = null!;
    private RunScope? _outermost;
    private RunFailure? _failure;
    private PlanNode? _waiting;
    private int _waitingRecord;
    private Dictionary<string, object?>? _inputs;
    private TimeSpan _pause;
    private int _firstChanged = int.MaxValue;

    // Entries from before it was restored; those of its own records come after them.
    private JournalEntry[] _restored = [];

    /// <summary>The recipe that is being run.</summary>
    public RunScope Scope => _scopes[_scopeCount - 1]!;

    /// <summary>The action that has a request to send.</summary>
    public ActionNode Action => (ActionNode)_waiting!;

    /// <summary>What it is to be sent with.</summary>
    public Dictionary<string, object?> Inputs => _inputs!;

    /// <summary>Place in the journal that, with the run, names what the waiting action does once.</summary>
    public int Place { get; private set; } = -1;

    /// <summary>What came of sending it so far.</summary>
    public StepTries Tries { get; set; }

    /// <summary>How long the waiting step waits.</summary>
    public TimeSpan Pause => _pause;

    /// <summary>Whether a run that has failed could go on.</summary>
    public bool IsResumable { get; private set; } = true;

    /// <summary>Entries of the journal that will not change any more, or only when a call of another recipe returns.</summary>
    public int JournalCount => _waiting is null || _waitingRecord < 0 ? _restored.Length + _recordCount : _waitingRecord;

    /// <summary>Begins a run.</summary>
    public void Begin(Plan plan, IReadOnlyDictionary<string, object?> input, RunContext context)
    {
        Use(context);
        Push(_outermost = new RunScope(plan, input, context.Fields, depth: 0, new(context.MaxSize)));
        _waiting = plan.Root;
        _waitingRecord = -1;
    }

    /// <summary>Goes on until there is something to wait for. Whatever happens in a step is part of the answer; nothing is thrown.</summary>
    /// <param name="stopping">Ends it before the next step.</param>
    public MachineStop RunOn(CancellationToken stopping)
    {
        if (_waiting is { } node && _waitingRecord < 0)
        {
            var place = Place;
            _waiting = null;
            Start(node);
            if (_waiting is ActionNode)
            {
                // The app may know it by its key already.
                Place = place < 0 ? Place : place;
                Tries = new(0, 0, default, _isInDoubt, false);
                foreach (var (name, value) in _corrections ?? s_none)
                    _inputs![name] = value;
            }

            _corrections = null;
        }

        while (_waiting is null && _failure is null && _frameCount > 0)
        {
            if (stopping.IsCancellationRequested)
                return MachineStop.Stopped;
            ref var frame = ref _frames[_frameCount - 1];
            var records = _recordCount;
            PlanNode? next;
            try
            {
                next = frame.Container.Next(this, ref frame, _bits.AsSpan(frame.Bits, _bitCount - frame.Bits));
            }
            catch (Exception e)
            {
                FailRound(frame.Container, records, e);
                continue;
            }

            if (next is null)
                Leave();
            else
                Start(next);
        }

        return _waiting is null ? MachineStop.Ended : _waiting is ActionNode ? MachineStop.Sending : MachineStop.Paused;
    }

    /// <summary>What came of it, once it has ended. The machine is free for another run then.</summary>
    public RunEnd End()
    {
        var end = new RunEnd(_failure, _failure is null ? _outermost!.Outputs : [], Journal(_recordCount));
        Clear();
        return end;
    }

    /// <summary>Gives the run up; what was saved of it stays good.</summary>
    public void Abandon() => Clear();

    /// <summary>Number of the first entry that is not as it was when this was asked last.</summary>
    /// <param name="known">How many there were.</param>
    public int TakeFirstChanged(int known)
    {
        var first = Math.Min(known, _firstChanged);
        _firstChanged = int.MaxValue;
        return first;
    }

    /// <summary>The journal as it is now, from an entry on, as far as it is done with.</summary>
    public StepJournal JournalFrom(int first) => Journal(JournalCount - _restored.Length, first);

    /// <summary>The step has waited long enough.</summary>
    public void Resume()
    {
        var node = _waiting!;
        _waiting = null;
        EndRecord(node, _waitingRecord, 0);
        Follow(node, 0);
    }

    /// <summary>Ends the run where it stands, before its next step or in the one that waits.</summary>
    public void Fail(Func<PlanNode, RunFailure> describe) =>
        EndRun(_waiting, _waiting is null ? -1 : _waitingRecord, describe(_waiting ?? Scope.Plan.Root), StepRecord.Faulted);

    /// <summary>Notes which branch of the container that is being entered runs.</summary>
    public void Choose(int branch)
    {
        _branch = branch;
        EndRecord(_records[_recordCount - 1].Node, _restored.Length + _recordCount - 1, branch);
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
        Push(new RunScope(plan, input, _context.Fields, Scope.Depth + 1, Scope.Budget) { CalledBy = node, CallRecord = _restored.Length + _recordCount - 1, BaseFrame = _frameCount });

    private void Start(PlanNode node)
    {
        var record = -1;
        _hasActed = false;
        if (node.IsStep)
        {
            record = _restored.Length + _recordCount;
            AddRecord(node);
        }

        if (++_steps > _context.MaxSteps)
        {
            Fail(node, record, new($"The run was stopped after {_context.MaxSteps} steps: is there a loop without an end?", node.Step, node.Recipe), final: true);
            return;
        }

        if (_now > _deadline)
        {
            Fail(node, record, RunFailure.TimeIsUp(node), final: true);
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
                    (_waiting, _waitingRecord, Place, Tries) = (node, record, record, default);
                    break;
                case Signal.Pause:
                    (_waiting, _waitingRecord) = (node, record);
                    break;
                case Signal.Called:
                    Start(Scope.Plan.Root);
                    break;
                case Signal.Finish:
                    EndRecord(node, record, 0);
                    EndScope();
                    break;
                case Signal.Break:
                    LeaveLoop(record);
                    break;
                case var outcome:
                    EndRecord(node, record, outcome);
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
        EndRecord(_records[record - _restored.Length].Node, record, 0);
        Leave();
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

        EndRecord(node, ended.CallRecord, 0);
        Follow(node, 0);
    }

    /// <summary>Takes what came of the waiting action.</summary>
    public void Complete(ActionReply reply)
    {
        var node = Action;
        var record = _waitingRecord;
        (_waiting, _inputs) = (null, null);
        var failure = reply.WhyNot;
        _records[record - _restored.Length].Detail = new()
        {
            Connection = reply.Connection,
            RequestLine = reply.Result?.RequestLine,
            Status = reply.Result?.Status ?? failure?.Status,
            Failure = failure,
            Tries = reply.Tries,
        };
        if (failure is not null)
        {
            _hasActed = failure.IsDoubtful || failure.Status is >= 200 and < 300;
            Fail(node, record, RunFailure.Of(node, failure), failure);
            return;
        }

        if (reply.Fault is { } fault)
        {
            _hasActed = fault.IsDoubtful;
            Fail(node, record, fault, final: reply.IsFinal);
            return;
        }

        Succeed(node, record, ((ActionResult.Succeeded)reply.Result!).Output);
    }

    private void Succeed(ActionNode node, int record, IReadOnlyDictionary<string, object?> output)
    {
        try
        {
            node.Succeeded(Scope, output);
        }
        catch (StepException e)
        {
            _hasActed = true;
            Fail(node, record, new(e.Message, node.Step, node.Recipe));
            return;
        }

        _isInDoubt = false;
        EndRecord(node, record, 0);
        Follow(node, 0);
    }

    private void Use(RunContext context)
    {
        _context = context;
        _startedAt = context.Time.GetUtcNow();
        _started = _now = context.Time.GetTimestamp();
        if (context.EndsAt is { } endsAt)
            _deadline = _started + (long)((endsAt - _startedAt).TotalSeconds * context.Time.TimestampFrequency);
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
        Array.Clear(_scopes);
        Array.Clear(_records, 0, _recordCount);
        if (_records.Length > 1024)
            _records = new StepRecord[16];
        (_frameCount, _scopeCount, _bitCount, _recordCount, _steps) = (0, 0, 0, 0, 0);
        (_failure, _waiting, _inputs, _outermost, _context, _restored) = (null, null, null, null, null!, []);
        _firstChanged = int.MaxValue;
        (_isInDoubt, _waitingRecord) = (false, 0);
        (_deadline, _hasActed, _failed, _corrections, _items, Place, Tries, IsResumable) = (long.MaxValue, false, default, null, null, -1, default, true);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Step {Step} in recipe {Recipe} threw")]
    private static partial void LogStepThrew(ILogger log, Exception exception, string recipe, string step);
}
