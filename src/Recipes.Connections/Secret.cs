using System.ComponentModel;
using System.Diagnostics;

namespace Recipes.Connections;

/// <summary>A value nobody may see. Prints as <c>***</c>, has no serializer and converts to nothing by itself.</summary>
[DebuggerDisplay("***")]
[TypeConverter(typeof(SecretText))]
public sealed class Secret : IEquatable<Secret>
{
    private readonly string _value;

    public Secret(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>The value itself. Called where a request is signed, a row is sealed or a text is redacted, nowhere else.</summary>
    public string Reveal() => _value;

    public bool Equals(Secret? other) => other is not null && string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => "***";
}
