using System.Security.Cryptography;

namespace Recipes.Connectors;

/// <summary>What a trigger makes of one record or event.</summary>
/// <param name="version">What changes with every change; null where a record comes once.</param>
/// <param name="id">Null where records have none; then their content tells them apart.</param>
internal sealed class RecordMapping(RecordMapping.Source? id, RecordMapping.Source? version, IReadOnlyList<KeyValuePair<ActionOutput, RecordMapping.Source>> outputs)
{
    /// <summary>Where a value comes from.</summary>
    /// <param name="Path">Into the record; null with a template.</param>
    internal sealed record Source(IReadOnlyList<string>? Path, Template? Template)
    {
        /// <summary>Whether it tells the records of one message apart.</summary>
        public bool ReadsRecord => Template is null || Template.Paths.Any(p => p.Segments[0] == "record");

        public object? Read(object? record, Dictionary<string, object?> data) => Path is { } path ? NextPages.Read(record, path) : Template!.Evaluate(data);
    }

    /// <summary>The whole record, which every trigger gives.</summary>
    public static ActionOutput Whole { get; } = new("record", "Record", ValueType.Any);

    /// <summary>What templates of outputs and ids may read.</summary>
    public static TemplateScope Scope { get; } = new("record", "body", "headers", "query", "input");

    /// <summary>For the generic poll: the record alone.</summary>
    public static RecordMapping Of(string id, string? version) => new(new(DottedPath.Parse(id), null), version is null ? null : new(DottedPath.Parse(version), null), []);

    public IReadOnlyList<ActionOutput> Outputs { get; } = [.. outputs.Select(o => o.Key).Where(o => o.Name != Whole.Name), outputs.Select(o => o.Key).FirstOrDefault(o => o.Name == Whole.Name) ?? Whole];

    /// <summary>Whether an id tells the records of one message apart.</summary>
    public bool HasOwnIds => id is null || id.ReadsRecord;

    /// <summary>The id, with the version where there is one.</summary>
    /// <param name="data">The roots of <see cref="Scope"/> but for the record.</param>
    /// <exception cref="InvalidDataException">The record has none.</exception>
    /// <exception cref="TemplateException">Something it is made of is missing.</exception>
    public string IdOf(object? record, IReadOnlyDictionary<string, object?> data)
    {
        if (id is null)
            return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(PlainData.ToUtf8Json(record)))}";
        var all = With(record, data);
        var text = PlainText.Of(id.Read(record, all));
        if (text.Length == 0)
            throw new InvalidDataException("a record has no id where the trigger looks for it.");
        return TriggerRecord.Shorten(version is not null && PlainText.Of(version.Read(record, all)) is { Length: > 0 } revision ? $"{text}@{revision}" : text);
    }

    /// <exception cref="TemplateException">Something it is made of is missing.</exception>
    public TriggerRecord Map(string recordId, object? record, IReadOnlyDictionary<string, object?> data)
    {
        var all = With(record, data);
        var values = new Dictionary<string, object?>(outputs.Count + 1);
        foreach (var (output, source) in outputs)
            values[output.Name] = source.Read(record, all);
        values.TryAdd(Whole.Name, record);
        return new(recordId, values);
    }

    private static Dictionary<string, object?> With(object? record, IReadOnlyDictionary<string, object?> data) => new(data) { ["record"] = record };
}
