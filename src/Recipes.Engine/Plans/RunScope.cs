using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>The data of one recipe being run, and what its templates read: <c>input</c>, <c>variables</c>, <c>steps</c> and <c>connections</c>.</summary>
internal sealed class RunScope : IReadOnlyDictionary<string, object?>
{
    private SlotView? _variables;
    private SlotView? _steps;
    private readonly IReadOnlyDictionary<string, object?> _connections;
    private long _size;

    public RunScope(Plan plan, IReadOnlyDictionary<string, object?> input, IReadOnlyDictionary<string, object?> connections, int depth, DataBudget budget)
    {
        Plan = plan;
        Input = input;
        Depth = depth;
        Budget = budget;
        _connections = connections;
        Variables = plan.Variables.Length == 0 ? [] : (object?[])plan.Variables.Clone();
        Outputs = plan.Outputs.Length == 0 ? [] : new object?[plan.Outputs.Length];
        Recount();
    }

    public Plan Plan { get; }
    public IReadOnlyDictionary<string, object?> Input { get; }

    /// <summary>Depth of nested calls, from 0.</summary>
    public int Depth { get; }
    public object?[] Variables { get; }

    /// <summary>What steps left behind, by node; made when the first step leaves something.</summary>
    public object?[]? StepOutputs { get; private set; }

    /// <summary>The recipe's outputs, by slot.</summary>
    public object?[] Outputs { get; }

    /// <summary>For a nested call: the step that called, otherwise null.</summary>
    public PlanNode? CalledBy { get; init; }

    /// <summary>For a nested call: the calling step's entry in the journal.</summary>
    public int CallRecord { get; init; }

    /// <summary>Frames of the machine when this recipe began.</summary>
    public int BaseFrame { get; init; }

    /// <summary>What the whole run holds.</summary>
    public DataBudget Budget { get; }

    /// <exception cref="StepException">When the run would hold too much.</exception>
    public void SetOutput(PlanNode node, object? output) => Set(ref (StepOutputs ??= new object?[Plan.NodeCount])[node.Index], output);

    /// <summary>What a failed step leaves: it is small, and has to be kept even when nothing else may be.</summary>
    public void SetFailure(PlanNode node, object failure) => Set(ref (StepOutputs ??= new object?[Plan.NodeCount])[node.Index], failure, limited: false);

    /// <exception cref="StepException">When the run would hold too much.</exception>
    public void SetVariable(int slot, object? value) => Set(ref Variables[slot], value);

    /// <exception cref="StepException">When the run would hold too much.</exception>
    public void SetResult(int slot, object? value) => Set(ref Outputs[slot], value);

    /// <summary>Counts anew what it holds, after its data was put in from elsewhere.</summary>
    public void Recount()
    {
        Release();
        _size = DataSize.Of(Input);
        foreach (var values in (object?[]?[])[Variables, StepOutputs, Outputs])
        {
            foreach (var value in values ?? [])
                _size += DataSize.Of(value);
        }

        Budget.Count(_size);
    }

    /// <summary>Gives back what it holds: its recipe has ended.</summary>
    public void Release()
    {
        Budget.Count(-_size);
        _size = 0;
    }

    private void Set(ref object? place, object? value, bool limited = true)
    {
        if (ReferenceEquals(place, value))
            return;
        var more = DataSize.Of(value) - DataSize.Of(place);
        if (limited)
            Budget.Take(more);
        else
            Budget.Count(more);
        _size += more;
        place = value;
    }

    public bool TryGetValue(string key, out object? value)
    {
        value = key switch
        {
            "input" => Input,
            "variables" => _variables ??= new(Plan.VariableSlots, Variables),
            "steps" => _steps ??= new(Plan.Steps, StepOutputs ??= new object?[Plan.NodeCount]),
            "connections" => _connections,
            _ => null,
        };
        return value is not null;
    }

    public object? this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

    public IEnumerable<string> Keys => ["input", "variables", "steps", "connections"];

    public IEnumerable<object?> Values => Keys.Select(k => this[k]);

    public int Count => 4;

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Keys.Select(k => new KeyValuePair<string, object?>(k, this[k])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>An array read by name. A null in it counts as there.</summary>
internal sealed class SlotView(FrozenDictionary<string, int> slots, object?[] values) : IReadOnlyDictionary<string, object?>
{
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        var found = slots.TryGetValue(key, out var slot);
        value = found ? values[slot] : null;
        return found;
    }

    public object? this[string key] => values[slots[key]];

    public IEnumerable<string> Keys => slots.Keys;

    public IEnumerable<object?> Values => slots.Keys.Select(k => this[k]);

    public int Count => slots.Count;

    public bool ContainsKey(string key) => slots.ContainsKey(key);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => slots.Select(s => new KeyValuePair<string, object?>(s.Key, values[s.Value])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
