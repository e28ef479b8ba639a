namespace Recipes.Engine;

/// <summary>What kind of plain data a typed input, output or variable holds.</summary>
public enum DataKind
{
    /// <summary>Anything; Elsa's Object and its JSON types.</summary>
    Any,
    Text,
    /// <summary>A whole number within the range of its type.</summary>
    Whole,
    Number,
    Boolean,
    /// <summary>Text with a date, a time or both, ISO 8601.</summary>
    Time,
    /// <summary>Text with a duration as .NET writes it: <c>[d.]hh:mm:ss</c>.</summary>
    Span,
    Guid,
    /// <summary>A JSON object.</summary>
    Object,
}
