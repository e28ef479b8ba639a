using System.Globalization;
using Recipes.Connections;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Recipes.Connectors;

/// <summary>One mapping of a connector file: reads its members by type and notes a fault for whatever is not as it should be.</summary>
internal sealed class YamlMap
{
    private readonly Dictionary<string, YamlNode> _members = [];

    public YamlMap(ConnectorFile file, YamlMappingNode node, Shape? shape)
    {
        (File, Node) = (file, node);
        foreach (var (key, value) in node.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (shape is not null && !shape.Keys.Contains(name))
                file.Fault(key, $"unknown key '{name}'{Suggestion.Hint(name, shape.Keys)}{(Suggestion.Nearest(name, shape.Keys) is null ? "." : "")}");
            else
                _members[name] = value;
        }
    }

    public ConnectorFile File { get; }
    public YamlMappingNode Node { get; }
    public IEnumerable<KeyValuePair<string, YamlNode>> Members => _members;

    public bool Has(string key) => _members.TryGetValue(key, out var node) && !IsNull(node);

    public YamlNode At(string key) => _members.GetValueOrDefault(key) ?? Node;

    public void Fault(string key, string message) => File.Fault(At(key), message);

    /// <summary>Text; null when the key is absent, or with a fault when it is needed or holds something else.</summary>
    public string? Text(string key, bool required = false)
    {
        if (Has(key))
        {
            if (_members[key] is YamlScalarNode { Value: { } value } && (value.Length > 0 || !required))
                return value;
            Fault(key, $"'{key}' should be text.");
        }
        else if (required)
        {
            Fault(key, $"'{key}' is missing.");
        }

        return null;
    }

    public bool Flag(string key, bool otherwise)
    {
        if (Text(key) is not { } text)
            return otherwise;
        if (text is "true" or "false")
            return text == "true";
        Fault(key, $"'{key}' should be true or false, not '{text}'.");
        return otherwise;
    }

    public T Choice<T>(string key, IReadOnlyDictionary<string, T> choices, T otherwise, bool required = false)
    {
        if (Text(key, required) is not { } text)
            return otherwise;
        if (choices.TryGetValue(text, out var choice))
            return choice;
        Fault(key, $"'{key}' cannot be '{text}'{Suggestion.Hint(text, [.. choices.Keys])}{(Suggestion.Nearest(text, choices.Keys) is null ? "." : "")}");
        return otherwise;
    }

    /// <summary>A list of texts; a single text counts as a list of one.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        if (!Has(key))
            return [];
        if (_members[key] is YamlScalarNode { Value: { } single })
            return [single];
        var texts = new List<string>();
        foreach (var item in Items(key))
        {
            if (item is YamlScalarNode { Value: { } value })
                texts.Add(value);
            else
                File.Fault(item, $"Each item of '{key}' should be text.");
        }

        return texts;
    }

    public IReadOnlyList<int> Statuses(string key)
    {
        var statuses = new List<int>();
        foreach (var text in Texts(key))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599)
                statuses.Add(status);
            else
                Fault(key, $"'{text}' is no HTTP status from 100 to 599.");
        }

        return statuses;
    }

    public ValuePattern? Pattern(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (!File.IsTrusted && ValuePattern.FaultOf(text) is { } fault)
        {
            Fault(key, $"'{key}' is no regular expression that can be used here: {fault}");
            return null;
        }

        return new ValuePattern(text);
    }

    /// <summary>An address that people can open.</summary>
    public Uri? WebAddress(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http")
            return address;
        Fault(key, $"'{key}' should be an absolute https address, not '{text}'.");
        return null;
    }

    /// <summary>The mappings of a list.</summary>
    public IEnumerable<YamlMap> Maps(string key, Shape? shape)
    {
        foreach (var item in Items(key))
        {
            if (item is YamlMappingNode map)
                yield return new YamlMap(File, map, shape);
            else
                File.Fault(item, $"Each item of '{key}' should be a mapping.");
        }
    }

    /// <summary>The mappings of a list; a single mapping counts as a list of one.</summary>
    public IEnumerable<YamlMap> OneOrMore(string key, Shape shape) =>
        Has(key) && _members[key] is YamlMappingNode map ? [new YamlMap(File, map, shape)] : Maps(key, shape);

    public YamlMap? Map(string key, Shape? shape)
    {
        if (!Has(key))
            return null;
        if (_members[key] is YamlMappingNode map)
            return new YamlMap(File, map, shape);
        Fault(key, $"'{key}' should be a mapping.");
        return null;
    }

    public IReadOnlyDictionary<string, string> TextMap(string key)
    {
        var texts = new Dictionary<string, string>();
        foreach (var (name, value) in Map(key, null)?.Members ?? [])
        {
            if (value is YamlScalarNode { Value: { } text })
                texts[name] = text;
            else
                File.Fault(value, $"'{name}' should be text.");
        }

        return texts;
    }

    /// <summary>An address with plain fields in it.</summary>
    /// <param name="optional">Whether a field in it may be without a value; then the address is absent.</param>
    public FieldTemplate? Address(string key, FieldNames fields, bool required = false, bool optional = false) =>
        Text(key, required) is { } text ? Address(At(key), text, fields, optional) : null;

    /// <summary>A list of addresses with plain fields in them, each absent where a field in it has no value.</summary>
    public List<FieldTemplate> Addresses(string key, FieldNames fields) =>
        [.. Texts(key).Select(text => Address(At(key), text, fields, optional: true)).OfType<FieldTemplate>()];

    /// <summary>A whole number of seconds, above 0.</summary>
    public TimeSpan? Seconds(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0)
            return TimeSpan.FromSeconds(seconds);
        Fault(key, $"'{key}' should be a whole number of seconds above 0, not '{text}'.");
        return null;
    }

    /// <summary>A list whose items are texts or mappings.</summary>
    public IEnumerable<(string? Text, YamlMap? Map)> TextsOrMaps(string key, Shape shape)
    {
        foreach (var item in Has(key) && _members[key] is YamlScalarNode ? [_members[key]] : Items(key))
        {
            if (item is YamlMappingNode map)
                yield return (null, new YamlMap(File, map, shape));
            else if (item is YamlScalarNode { Value: { Length: > 0 } text })
                yield return (text, null);
            else
                File.Fault(item, $"Each item of '{key}' should be text or a mapping.");
        }
    }

    private FieldTemplate? Address(YamlNode at, string text, FieldNames fields, bool optional)
    {
        if (!FieldTemplate.TryParse(text, out var template, out var error))
        {
            File.Fault(at, error);
            return null;
        }

        foreach (var name in template.Fields)
        {
            if (fields.FaultOf(name, mustHaveValue: !optional) is { } fault)
                File.Fault(at, fault);
        }

        return template;
    }

    private IEnumerable<YamlNode> Items(string key)
    {
        if (!Has(key))
            return [];
        if (_members[key] is YamlSequenceNode list)
            return list.Children;
        Fault(key, $"'{key}' should be a list.");
        return [];
    }

    public static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "null" or "~" };
}
