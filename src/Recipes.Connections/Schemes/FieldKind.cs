namespace Recipes.Connections;

public enum FieldKind
{
    Text,
    Choice,
    Number,
    Boolean,
    /// <summary>Kept encrypted, never shown again, never in a template.</summary>
    Secret,
    /// <summary>An absolute http or https address, checked against the egress policy.</summary>
    Url,
}
