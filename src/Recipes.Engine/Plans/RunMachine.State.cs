namespace Recipes.Engine;

/// <summary>Saving a run and restoring it, on this node or another, in this version of the program or a later one: nodes, variables and outputs go by their names.</summary>
internal sealed partial class RunMachine
{
    private const int Format = 1;
    private static readonly Dictionary<string, object?> s_none = [];

    private bool _hasActed;
    private (PlanNode? Node, int Place) _failed;

    // Whether an attempt of the step that failed may have been done: only its success or a person's word ends that.
    private bool _isInDoubt;

    // Inputs that a person has put right, for the step that failed.
    private IReadOnlyDictionary<string, object?>? _corrections;

    /// <summary>Whether there is a step that failed, to be done again.</summary>
    public bool IsAtFailedStep => _waiting is not null && _waitingRecord < 0 && _restored.Length > 0;

    /// <summary>The step that failed is to be done again with other inputs, as far as given.</summary>
    public void Correct(IReadOnlyDictionary<string, object?> inputs) => (_corrections, Place) = (inputs, -1);

    /// <summary>The step that failed was done after all, by somebody else.</summary>
    /// <param name="output">What it would have brought.</param>
    public void Skip(IReadOnlyDictionary<string, object?> output, string note)
    {
        var node = _waiting!;
        (_waiting, _isInDoubt) = (null, false);
        var record = _restored.Length + _recordCount;
        AddRecord(node);
        Tell(new() { Note = note });
        if (node is ActionNode action)
        {
            Succeed(action, record, output);
            return;
        }

        Scope.SetFailure(node, output);
        EndRecord(node, record, 0);
        Follow(node, 0);
    }

    /// <summary>All that is needed to go on: at the step that waits, before the next one, or with the step that failed.</summary>
    /// <exception cref="StepException">It holds what cannot be kept.</exception>
    public ReadOnlyMemory<byte> Save()
    {
        var state = new StateWriter();
        state.Write(Format);
        state.Write(_scopeCount);
        for (var i = 0; i < _scopeCount; i++)
        {
            state.Write(_scopes[i]!.Plan.Recipe);
            state.Write(_scopes[i]!.Plan.Version);
        }

        state.Write(_steps);
        for (var i = 0; i < _scopeCount; i++)
            Save(state, i);
        var (node, isFailed) = (_failed.Node ?? _waiting, _failed.Node is not null);
        state.Write(node?.Id);
        if (node is null)
            return state.ToMemory();
        var isBegun = !isFailed && _waitingRecord >= 0;
        state.Write(isBegun);
        state.Write(isFailed ? _failed.Place : Place);
        if (!isBegun)
        {
            state.Write(_isInDoubt);
            state.WriteValue(_corrections);
            return state.ToMemory();
        }

        state.Write(_startedAt + _context.Time.GetElapsedTime(_started, _records[_waitingRecord - _restored.Length].Started));
        state.Write(Tries.Count);
        state.Write(Tries.Holds);
        state.Write(Tries.FirstAt);
        state.Write(Tries.IsDoubtful);
        state.Write(Tries.IsUnderWay);
        state.WriteValue(_inputs);
        return state.ToMemory();
    }

    /// <summary>Takes up a run that was saved.</summary>
    /// <param name="find">The plan of a recipe in a version.</param>
    /// <param name="entries">Its journal so far.</param>
    /// <exception cref="InvalidDataException">When it is no state of these plans.</exception>
    public void Restore(ReadOnlyMemory<byte> saved, Func<string, string, Plan> find, IReadOnlyList<JournalEntry> entries, RunContext context)
    {
        Use(context);
        _restored = [.. entries];
        var state = new StateReader(saved);
        var recipes = ReadRecipes(state);
        _steps = state.ReadInt();
        foreach (var (recipe, version) in recipes)
            Restore(state, find(recipe, version));
        _outermost = _scopes[0];
        if (state.ReadText() is not { } id)
            return;
        _waiting = Scope.Plan.Find(id);
        var isBegun = state.ReadBoolean();
        Place = state.ReadInt();
        if (!isBegun)
        {
            _waitingRecord = -1;
            _isInDoubt = state.ReadBoolean();
            _corrections = (IReadOnlyDictionary<string, object?>?)state.ReadValue();
            return;
        }

        _waitingRecord = _restored.Length;
        AddRecord(_waiting);
        _records[0].Started = _started - (long)((_startedAt - state.ReadTime()).TotalSeconds * context.Time.TimestampFrequency);
        Tries = new(state.ReadInt(), state.ReadInt(), state.ReadTime(), state.ReadBoolean(), state.ReadBoolean());
        _inputs = (Dictionary<string, object?>?)state.ReadValue();
    }

    /// <summary>Where it stands now, after it was taken up.</summary>
    public RunStanding Stand(bool isEnded)
    {
        var (node, outermost) = (_waiting, _outermost!);
        DateTimeOffset? since = _waitingRecord >= 0 && _recordCount > 0 ? _startedAt + _context.Time.GetElapsedTime(_started, _records[0].Started) : null;
        var place = isEnded || node is not { IsStep: true } ? null : new RunPlace(node.Recipe, Scope.Depth, node.Id, node.Step, node.Type, since, Tries.Count);
        var outputs = outermost.StepOutputs ?? [];
        return new(
            place, outermost.Plan.VariableSlots.ToDictionary(v => v.Key, v => outermost.Variables[v.Value]),
            outermost.Plan.Nodes.Where(n => n.Index < outputs.Length && outputs[n.Index] is not null).ToDictionary(n => n.Id, n => outputs[n.Index]));
    }

    /// <summary>Which recipes a saved run is in, and in which version.</summary>
    /// <exception cref="InvalidDataException">When it is no state.</exception>
    public static IReadOnlyList<(string Recipe, string Version)> RecipesOf(ReadOnlyMemory<byte> saved) => ReadRecipes(new StateReader(saved));

    public Plan Outermost => _outermost!.Plan;

    public bool HasFailed => _failure is not null;

    /// <summary>Whether it is at a step that waits for a time.</summary>
    public bool IsPaused => _waitingRecord >= 0 && _waiting is not null and not ActionNode;

    /// <summary>The plans that it is in now.</summary>
    public IEnumerable<Plan> Plans => _scopes.Take(_scopeCount).Select(s => s!.Plan);

    private static List<(string Recipe, string Version)> ReadRecipes(StateReader state)
    {
        if (state.ReadInt() != Format)
            throw new InvalidDataException("The run was stored by a newer version of this program.");
        var recipes = new List<(string, string)>();
        for (var left = state.ReadInt(); left > 0; left--)
            recipes.Add((state.ReadName(), state.ReadName()));
        return recipes;
    }

    private void Save(StateWriter state, int index)
    {
        var scope = _scopes[index]!;
        var plan = scope.Plan;
        state.WriteValue(scope.Input);
        state.Write(scope.CalledBy?.Id);
        state.Write(scope.CallRecord);
        state.Write(scope.Variables.Length);
        foreach (var (name, slot) in plan.VariableSlots)
        {
            state.Write(name);
            state.WriteValue(scope.Variables[slot]);
        }

        var outputs = scope.StepOutputs ?? [];
        state.Write(outputs.Count(o => o is not null));
        for (var i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is not { } output)
                continue;
            state.Write(plan.Nodes[i].Id);
            state.WriteValue(output);
        }

        state.Write(scope.Outputs.Length);
        foreach (var (name, slot) in plan.OutputSlots)
        {
            state.Write(name);
            state.WriteValue(scope.Outputs[slot]);
        }

        var end = index + 1 < _scopeCount ? _scopes[index + 1]!.BaseFrame : _frameCount;
        state.Write(end - scope.BaseFrame);
        for (var i = scope.BaseFrame; i < end; i++)
            Save(state, in _frames[i]);
    }

    private void Save(StateWriter state, in Frame frame)
    {
        state.Write(frame.Container.Id);
        state.Write(frame.Position);
        state.Write(frame.Branch);
        state.WriteValue(frame.Items);
        if (frame.Container is not FlowchartNode { Start: >= 0 } chart)
            return;
        for (var place = 0; place < chart.Children.Length; place++)
        {
            if (IsPending(frame, place))
                state.Write(chart.Children[place].Id);
        }

        state.Write(null);
        for (var arrival = 0; arrival < chart.ArrivalCount; arrival++)
            state.Write(IsPending(frame, chart.Children.Length + arrival));
    }

    private void Restore(StateReader state, Plan plan)
    {
        var input = state.ReadValue() as IReadOnlyDictionary<string, object?> ?? new Dictionary<string, object?>();
        var caller = state.ReadText() is { } id ? Scope.Plan.Find(id) : null;
        var scope = new RunScope(plan, input, _context.Fields, _scopeCount, _scopeCount == 0 ? new(_context.MaxSize) : Scope.Budget) { CalledBy = caller, CallRecord = state.ReadInt(), BaseFrame = _frameCount };
        for (var left = state.ReadInt(); left > 0; left--)
        {
            var (name, value) = (state.ReadName(), state.ReadValue());
            scope.Variables[plan.VariableSlots[name]] = value;
        }

        for (var left = state.ReadInt(); left > 0; left--)
            scope.SetFailure(plan.Find(state.ReadName()), state.ReadValue()!);
        for (var left = state.ReadInt(); left > 0; left--)
        {
            var (name, value) = (state.ReadName(), state.ReadValue());
            scope.Outputs[plan.OutputSlots[name]] = value;
        }

        scope.Recount();
        Push(scope);
        for (var left = state.ReadInt(); left > 0; left--)
        {
            var container = plan.Find(state.ReadName());
            (_branch, var position) = (0, state.ReadInt());
            Enter(container);
            ref var frame = ref _frames[_frameCount - 1];
            frame.Position = position;
            frame.Branch = state.ReadInt();
            frame.Items = (IReadOnlyList<object?>?)state.ReadValue();
            if (container is not FlowchartNode { Start: >= 0 } chart)
                continue;
            Array.Clear(_bits, frame.Bits, chart.Words);
            while (state.ReadText() is { } child)
                SetPending(frame, Array.FindIndex(chart.Children, c => c.Id == child));
            for (var arrival = 0; arrival < chart.ArrivalCount; arrival++)
            {
                if (state.ReadBoolean())
                    SetPending(frame, chart.Children.Length + arrival);
            }
        }
    }

    private bool IsPending(in Frame frame, int place) => (_bits[frame.Bits + (place / 64)] & (1UL << (place % 64))) != 0;

    private void SetPending(in Frame frame, int place) => _bits[frame.Bits + (place / 64)] |= 1UL << (place % 64);
}
