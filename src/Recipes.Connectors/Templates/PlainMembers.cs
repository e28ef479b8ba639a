using System.Globalization;
using HandlebarsDotNet.MemberAccessors;
using HandlebarsDotNet.ObjectDescriptors;
using HandlebarsDotNet.PathStructure;

namespace Recipes.Connectors;

/// <summary>Lets Handlebars read members of maps and items of lists. It describes every type, so no property or field of a .NET object is reachable.</summary>
internal sealed class PlainMembers : IObjectDescriptorProvider, IMemberAccessor
{
    public bool TryGetDescriptor(Type type, out ObjectDescriptor value)
    {
        value = new ObjectDescriptor(type, this, (_, _) => Array.Empty<object>(), _ => null!, []);
        return true;
    }

    public bool TryGetValue(object instance, ChainSegment memberName, out object? value) => TryRead(instance, memberName.TrimmedValue, out value);

    /// <summary>Fields of a connection as plain data.</summary>
    public static Dictionary<string, object?> ToMap(IReadOnlyDictionary<string, string> fields) => fields.ToDictionary(f => f.Key, object? (f) => f.Value);

    public static bool TryRead(object? holder, string segment, out object? value)
    {
        switch (holder)
        {
            case IReadOnlyDictionary<string, object?> map:
                return map.TryGetValue(segment, out value);
            case IReadOnlyDictionary<string, string> fields:
                var found = fields.TryGetValue(segment, out var text);
                value = text;
                return found;
            case IReadOnlyList<object?> list when int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count:
                value = list[index];
                return true;
            default:
                value = null;
                return false;
        }
    }
}
