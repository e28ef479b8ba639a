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
    /// <summary>A point in time, or text with a date and mostly a time, ISO 8601.</summary>
    Time,
    /// <summary>Text with a date alone: <c>2026-01-05</c>.</summary>
    Date,
    /// <summary>Text with a time of day alone: <c>09:00:00</c>.</summary>
    TimeOfDay,
    /// <summary>Text with a duration: <c>[d.]hh:mm:ss</c>, or ISO 8601.</summary>
    Span,
    Guid,
    /// <summary>A JSON object.</summary>
    Object,
}
