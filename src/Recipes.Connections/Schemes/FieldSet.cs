namespace Recipes.Connections;

/// <summary>The fields of one scheme together: which of them are asked for depends on the values of others.</summary>
/// <remarks>A field whose condition does not hold has its default and nothing else, whatever was typed or fixed for it.</remarks>
public sealed class FieldSet(IEnumerable<Field> fields)
{
    private readonly Dictionary<string, Field> _fields = fields.DistinctBy(f => f.Name).ToDictionary(f => f.Name);

    public Field? Find(string name) => _fields.GetValueOrDefault(name);

    /// <summary>Whether the condition of a field holds under these values; a missing value is the default.</summary>
    public bool IsAsked(Field field, IReadOnlyDictionary<string, string> values) =>
        field.When is not { } condition
        || (Find(condition.Field) is { } other && IsAsked(other, values) && condition.Is.Contains(values.GetValueOrDefault(condition.Field) ?? other.Default ?? ""));

    /// <summary>Whether the condition of a field can still hold, or fail, when only the definition's presets are known; null when both.</summary>
    public bool? IsAskedUnder(Field field, IReadOnlyDictionary<string, string> presets)
    {
        if (field.When is not { } condition)
            return true;
        if (Find(condition.Field) is not { } other || IsAskedUnder(other, presets) is false)
            return false;
        if (!presets.TryGetValue(other.Name, out var value))
            return null;
        return !condition.Is.Contains(value) ? false : IsAskedUnder(other, presets);
    }

    /// <summary>Names of the fields that decide what <paramref name="field"/> is: itself, and those that its condition hangs on.</summary>
    public IEnumerable<string> Behind(string field)
    {
        for (var next = Find(field); next is not null; next = next.When is { } condition ? Find(condition.Field) : null)
            yield return next.Name;
    }
}
