using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>The fields that a template may read at one place of a file.</summary>
internal sealed class FieldNames(IEnumerable<Field> fields)
{
    private readonly IReadOnlyList<Field> _fields = [.. fields];

    public static FieldNames None { get; } = new([]);

    public bool IsSecret(string name) => _fields.Any(f => f.Name == name && f.Kind == FieldKind.Secret);

    /// <summary>Whether it is a plain field that the flow fills in.</summary>
    public bool IsAutomatic(string name) => _fields.Any(f => f.Name == name && f.Automatic && f.Kind != FieldKind.Secret);

    /// <summary>What speaks against reading a secret field where secrets may be read; null when nothing does.</summary>
    public string? FaultOfSecret(string name)
    {
        if (IsSecret(name))
            return null;
        var secrets = _fields.Where(f => f.Kind == FieldKind.Secret).Select(f => f.Name).ToArray();
        return _fields.Any(f => f.Name == name)
            ? $"'{name}' is a plain field: write fields.{name}."
            : $"there is no secret field '{name}' here{Suggestion.Hint(name, secrets)}{(Suggestion.Nearest(name, secrets) is null ? "." : "")}";
    }

    /// <summary>What speaks against reading a field, null when nothing does.</summary>
    /// <param name="mustHaveValue">Whether it has to have a value always.</param>
    public string? FaultOf(string name, bool mustHaveValue)
    {
        var field = _fields.FirstOrDefault(f => f.Name == name);
        if (field is null)
        {
            var plain = _fields.Where(f => f.Kind != FieldKind.Secret).Select(f => f.Name).ToArray();
            return $"there is no field '{name}' here{Suggestion.Hint(name, plain)}{(Suggestion.Nearest(name, plain) is null ? "." : "")}";
        }

        if (field.Kind == FieldKind.Secret)
            return $"'{name}' is a secret field; templates never read those.";
        if (!mustHaveValue || field.Default is not null)
            return null;
        return field.When is not null ? $"the field '{name}' is asked for under a condition only; it needs a default to be used here."
            : field.Required ? null : $"the field '{name}' is optional; it needs a default to be used here.";
    }
}
