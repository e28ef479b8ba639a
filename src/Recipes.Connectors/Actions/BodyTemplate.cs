namespace Recipes.Connectors;

/// <summary>The body of a request as the file draws it: a tree whose texts are templates.</summary>
internal abstract record BodyTemplate
{
    private BodyTemplate()
    {
    }

    /// <summary>Plain data; null where a single expression came to nothing.</summary>
    public abstract object? Evaluate(IReadOnlyDictionary<string, object?> data);

    /// <summary>Everything that its templates read.</summary>
    public virtual IEnumerable<TemplatePath> Paths => [];

    /// <summary>Whether a member whose value is null is still sent: only where the file itself says null.</summary>
    protected virtual bool KeepsNull => false;

    public sealed record Constant(object? Value) : BodyTemplate
    {
        protected override bool KeepsNull => true;

        public override object? Evaluate(IReadOnlyDictionary<string, object?> data) => Value;
    }

    public sealed record Leaf(Template Template) : BodyTemplate
    {
        public override IEnumerable<TemplatePath> Paths => Template.Paths;

        public override object? Evaluate(IReadOnlyDictionary<string, object?> data) => Template.Evaluate(data);
    }

    public sealed record Map(IReadOnlyList<KeyValuePair<string, BodyTemplate>> Members) : BodyTemplate
    {
        public override IEnumerable<TemplatePath> Paths => Members.SelectMany(m => m.Value.Paths);

        public override object? Evaluate(IReadOnlyDictionary<string, object?> data)
        {
            var map = new Dictionary<string, object?>(Members.Count);
            foreach (var (name, member) in Members)
            {
                var value = member.Evaluate(data);
                if (value is not null || member.KeepsNull)
                    map[name] = value;
            }

            return map;
        }
    }

    public sealed record Items(IReadOnlyList<BodyTemplate> Members) : BodyTemplate
    {
        public override IEnumerable<TemplatePath> Paths => Members.SelectMany(m => m.Paths);

        public override object? Evaluate(IReadOnlyDictionary<string, object?> data) => Members.Select(m => m.Evaluate(data)).ToList();
    }
}
