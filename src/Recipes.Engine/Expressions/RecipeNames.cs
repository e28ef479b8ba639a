using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>What expressions of one recipe may refer to.</summary>
internal sealed class RecipeNames
{
    private readonly List<RecipeVariable> _variables = [];
    private readonly Dictionary<string, int> _slotsById = new();
    private readonly Dictionary<string, int> _slotsByName = new();

    public required RecipeDocument Document { get; init; }

    /// <summary>Outputs of each step by its name; null where any may come. Filled before expressions are read.</summary>
    public Dictionary<string, IReadOnlyList<string>?> Steps { get; } = new();

    /// <summary>Keys that steps name.</summary>
    public HashSet<StableKey> Keys { get; } = [];

    /// <summary>Keys whose plain fields a template reads, each with the first place.</summary>
    public Dictionary<StableKey, (ActivityDocument Activity, string Path)> FieldKeys { get; } = new();

    public IReadOnlyList<RecipeVariable> Variables => _variables;

    public IEnumerable<string> VariableNames => _slotsByName.Keys;

    /// <returns>False when its name or id is taken.</returns>
    public bool TryAdd(RecipeVariable variable)
    {
        if (_slotsByName.ContainsKey(variable.Name) || _slotsById.ContainsKey(variable.Id))
            return false;
        _slotsByName[variable.Name] = _variables.Count;
        _slotsById[variable.Id] = _variables.Count;
        _variables.Add(variable);
        return true;
    }

    /// <summary>Slot of a variable, by its id or, failing that, its name; -1 when there is none.</summary>
    public int FindSlot(string? id, string? name) =>
        id is not null && _slotsById.TryGetValue(id, out var slot) ? slot
        : name is not null && _slotsByName.TryGetValue(name, out slot) ? slot
        : -1;
}
