namespace Recipes.Connectors;

/// <summary>What an action makes of a successful answer. What is not there comes out as null.</summary>
internal sealed class ResponseMapping(IReadOnlyList<ResponseMapping.Entry> entries)
{
    /// <param name="Path">Into the body; empty means the whole body. Null with a template.</param>
    /// <param name="Template">Over <c>status</c>, <c>headers</c>, <c>body</c> and <c>input</c>.</param>
    internal sealed record Entry(ActionOutput Output, IReadOnlyList<string>? Path, Template? Template);

    /// <summary>What templates of outputs may read.</summary>
    public static TemplateScope Scope { get; } = new("body", "status", "headers", "input");

    /// <summary>For an action that declares no outputs: status and body as they are.</summary>
    public static ResponseMapping Whole { get; } = new([
        new(new("status", "Status", ValueType.Number), null, Parse("{{status}}")),
        new(new("body", "Body", ValueType.Any), [], null)]);

    /// <summary>For the generic request: status, headers and body.</summary>
    public static ResponseMapping Everything { get; } = new([
        new(new("status", "Status", ValueType.Number), null, Parse("{{status}}")),
        new(new("headers", "Headers", ValueType.Object), null, Parse("{{headers}}")),
        new(new("body", "Body", ValueType.Any), [], null)]);

    public IReadOnlyList<ActionOutput> Outputs { get; } = [.. entries.Select(e => e.Output)];

    public IReadOnlyDictionary<string, object?> Map(Answer answer, IReadOnlyDictionary<string, object?> input)
    {
        var data = new Dictionary<string, object?> { ["status"] = (long)answer.Status, ["headers"] = answer.Headers, ["body"] = answer.Body, ["input"] = input };
        var outputs = new Dictionary<string, object?>(entries.Count);
        foreach (var entry in entries)
            outputs[entry.Output.Name] = entry.Template is null ? Read(answer.Body, entry.Path!) : Evaluate(entry.Template, data);
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
