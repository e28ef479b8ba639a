namespace Recipes.Connectors;

/// <summary>A piece of a template that needs no Handlebars.</summary>
internal abstract record TemplatePart
{
    public abstract string Print(IReadOnlyDictionary<string, object?> data);

    /// <summary>Text, or a literal such as <c>{{5}}</c>.</summary>
    public sealed record Literal(object? Value) : TemplatePart
    {
        private readonly string _text = PlainText.Of(Value);

        public override string Print(IReadOnlyDictionary<string, object?> data) => _text;
    }

    /// <summary>A path from a root.</summary>
    public sealed record Path(string[] Segments, string Written) : TemplatePart
    {
        public override string Print(IReadOnlyDictionary<string, object?> data) =>
            TryRead(data, out var value) ? PlainText.Of(value) : throw TemplateException.Missing(Written);

        public bool TryRead(IReadOnlyDictionary<string, object?> data, out object? value)
        {
            value = data;
            foreach (var segment in Segments)
            {
                if (!PlainMembers.TryRead(value, segment, out value))
                    return false;
            }

            if (value is IReadOnlyDictionary<string, string> fields)
                value = PlainMembers.ToMap(fields);
            return true;
        }
    }

    /// <summary>A value that is percent-encoded where it is printed.</summary>
    public sealed record Escaped(TemplatePart Inner) : TemplatePart
    {
        public override string Print(IReadOnlyDictionary<string, object?> data) => Uri.EscapeDataString(Inner.Print(data));
    }
}
