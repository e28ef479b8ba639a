using System.ComponentModel;
using System.Globalization;

namespace Recipes.Connections;

/// <summary>Reads a setting straight into a <see cref="Secret"/>. There is no way back.</summary>
internal sealed class SecretText : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) => value is string { Length: > 0 } text ? new Secret(text) : null;
}
