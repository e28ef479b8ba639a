namespace Recipes.Connectors;

/// <summary>What an action makes of a successful answer. What is not there comes out as null.</summary>
/// <param name="isXml">Whether the answer is XML, to be read as data (see <see cref="XmlData"/>).</param>
internal sealed class ResponseMapping(IReadOnlyList<ResponseMapping.Entry> entries, bool isXml = false)
{
    /// <param name="Path">Into the body; empty means the whole body. Null with a template.</param>
    /// <param name="Template">Over <c>status</c>, <c>headers</c>, <c>body</c> and <c>input</c>.</param>
    internal sealed record Entry(ActionOutput Output, IReadOnlyList<string>? Path, Template? Template);

    /// <summary>What templates of outputs may read.</summary>
    public static TemplateScope Scope { get; } = new("body", "status", "headers", "input");

    /// <summary>For an action that declares no outputs: status and body as they are.</summary>
    public static IReadOnlyList<Entry> WholeEntries { get; } =
    [
        new(new("status", "Status", ValueType.Number), null, Parse("{{status}}")),
        new(new("body", "Body", ValueType.Any), [], null),
    ];

    /// <inheritdoc cref="WholeEntries"/>
    public static ResponseMapping Whole { get; } = new(WholeEntries);

    /// <summary>For the generic request: status, headers and body.</summary>
    public static ResponseMapping Everything { get; } = new([
        new(new("status", "Status", ValueType.Number), null, Parse("{{status}}")),
        new(new("headers", "Headers", ValueType.Object), null, Parse("{{headers}}")),
        new(new("body", "Body", ValueType.Any), [], null)]);

    public IReadOnlyList<ActionOutput> Outputs { get; } = [.. entries.Select(e => e.Output)];

    /// <exception cref="InvalidDataException">The answer should be XML and is not.</exception>
    public IReadOnlyDictionary<string, object?> Map(Answer answer, IReadOnlyDictionary<string, object?> input)
    {
        if (isXml)
            answer = answer with { Body = answer.Body is string text ? XmlData.Parse(text) : null };
        var data = new Dictionary<string, object?> { ["status"] = (long)answer.Status, ["headers"] = answer.Headers, ["body"] = answer.Body, ["input"] = input };
        var outputs = new Dictionary<string, object?>(entries.Count);
        foreach (var entry in entries)
            outputs[entry.Output.Name] = entry.Template is null ? Read(answer.Body, entry.Path!) : Evaluate(entry.Template, data);
        // In XML a list of one looks like the thing itself, and an empty one is not there.
        if (isXml && outputs.TryGetValue("items", out var items) && items is not IReadOnlyList<object?>)
            (outputs["items"], outputs["count"]) = (items is null ? new List<object?>() : new List<object?> { items }, items is null ? 0L : 1L);
        return outputs;
    }

    private static object? Read(object? value, IReadOnlyList<string> path)
    {
        foreach (var segment in path)
        {
            if (!PlainMembers.TryRead(value, segment, out value))
                return null;
        }

        return value;
    }

    private static object? Evaluate(Template template, Dictionary<string, object?> data)
    {
        try
        {
            return template.Evaluate(data);
        }
        catch (TemplateException)
        {
            // The request has succeeded; that part of the answer is missing does not undo it.
            return null;
        }
    }

    private static Template Parse(string source) => Template.TryParse(source, Scope, out var template, out var error) ? template : throw new FormatException(error);
}
