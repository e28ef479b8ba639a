using System.Collections.Frozen;

namespace Recipes.Engine;

/// <summary>The type of an input, output or variable: one of Elsa's type names, as plain data sees it.</summary>
/// <param name="Name">As a message names it: <c>Int32</c>, <c>list of String</c>.</param>
public sealed record DataType(DataKind Kind, bool IsList, string Name, long Least = long.MinValue, long Most = long.MaxValue)
{
    private static readonly FrozenDictionary<string, DataType> s_byName = Aliases().ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    private static readonly string[] s_lists = ["List", "IList", "ICollection", "IEnumerable", "IReadOnlyList", "IReadOnlyCollection", "Collection", "HashSet", "ISet"];

    public static DataType Any { get; } = new(DataKind.Any, IsList: false, "Object");
    public static DataType Text { get; } = new(DataKind.Text, IsList: false, "String");
    public static DataType Number { get; } = new(DataKind.Number, IsList: false, "Decimal");
    public static DataType Boolean { get; } = new(DataKind.Boolean, IsList: false, "Boolean");
    public static DataType Dictionary { get; } = new(DataKind.Object, IsList: false, "ObjectDictionary");
    public static DataType List { get; } = Any.AsList();

    /// <summary>A list whose items have this type.</summary>
    public DataType AsList() => this with { IsList = true, Name = $"list of {Name}" };

    /// <summary>Reads Elsa's short names and aliases, .NET names with or without assembly, <c>X[]</c> and <c>List&lt;X&gt;</c>. No name means anything.</summary>
    /// <returns>Null when there is no such type here.</returns>
    public static DataType? Find(string? typeName, bool isArray)
    {
        var type = string.IsNullOrWhiteSpace(typeName) ? Any : FindOne(typeName.Trim());
        return type is null || !isArray || type.IsList ? type : type.AsList();
    }

    private static DataType? FindOne(string name)
    {
        if (s_byName.TryGetValue(name, out var known))
            return known;
        if (name.EndsWith("[]", StringComparison.Ordinal))
            return FindOne(name[..^2]) is { IsList: false } item ? item.AsList() : null;
        var open = name.IndexOf('<', StringComparison.Ordinal);
        if (open > 0 && name[^1] == '>')
        {
            var outer = Simple(name[..open]);
            if (outer.Contains("Dictionary", StringComparison.Ordinal))
                return Dictionary;
            return s_lists.Contains(outer, StringComparer.Ordinal) && FindOne(name[(open + 1)..^1].Trim()) is { IsList: false } item ? item.AsList() : null;
        }

        var simple = Simple(name);
        return simple == name ? null : FindOne(simple);
    }

    private static string Simple(string name)
    {
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        if (comma > 0)
            name = name[..comma].Trim();
        return name[(name.LastIndexOf('.') + 1)..];
    }

    private static IEnumerable<KeyValuePair<string, DataType>> Aliases()
    {
        foreach (var name in (string[])["Object", "JsonElement", "JsonNode", "JSON", "ExpandoObject", "dynamic"])
            yield return new(name, new(DataKind.Any, IsList: false, name));
        foreach (var name in (string[])["String", "Char", "Uri", "ByteArray", "Byte[]"])
            yield return new(name, new(DataKind.Text, IsList: false, name));
        foreach (var name in (string[])["Boolean", "Bool"])
            yield return new(name, new(DataKind.Boolean, IsList: false, name));
        foreach (var name in (string[])["Double", "Single", "Float", "Decimal"])
            yield return new(name, new(DataKind.Number, IsList: false, name));
        foreach (var name in (string[])["DateTime", "DateTimeOffset"])
            yield return new(name, new(DataKind.Time, IsList: false, name));
        foreach (var name in (string[])["ObjectDictionary", "StringDictionary", "JsonObject"])
            yield return new(name, new(DataKind.Object, IsList: false, name));
        yield return new("DateOnly", new(DataKind.Date, IsList: false, "DateOnly"));
        yield return new("TimeOnly", new(DataKind.TimeOfDay, IsList: false, "TimeOnly"));
        yield return new("TimeSpan", new(DataKind.Span, IsList: false, "TimeSpan"));
        yield return new("Guid", new(DataKind.Guid, IsList: false, "Guid"));
        yield return new("JsonArray", new(DataKind.Any, IsList: true, "list of Object"));
        foreach (var name in (string[])["Int64", "Long"])
            yield return new(name, new(DataKind.Whole, IsList: false, name));
        foreach (var name in (string[])["Int32", "Int"])
            yield return new(name, new(DataKind.Whole, IsList: false, name, int.MinValue, int.MaxValue));
        foreach (var name in (string[])["Int16", "Short"])
            yield return new(name, new(DataKind.Whole, IsList: false, name, short.MinValue, short.MaxValue));
        yield return new("Byte", new(DataKind.Whole, IsList: false, "Byte", 0, 255));
        yield return new("SByte", new(DataKind.Whole, IsList: false, "SByte", sbyte.MinValue, sbyte.MaxValue));
        yield return new("UInt16", new(DataKind.Whole, IsList: false, "UInt16", 0, ushort.MaxValue));
        yield return new("UInt32", new(DataKind.Whole, IsList: false, "UInt32", 0, uint.MaxValue));
        yield return new("UInt64", new(DataKind.Whole, IsList: false, "UInt64", 0));
    }
}
