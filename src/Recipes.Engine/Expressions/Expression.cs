using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Where the value of an input comes from, compiled once.</summary>
internal abstract class Expression
{
    /// <exception cref="TemplateException">When a template cannot be filled in.</exception>
    public abstract object? Evaluate(RunScope scope);

    public sealed class Constant(object? value) : Expression
    {
        public object? Value { get; } = value;

        public override object? Evaluate(RunScope scope) => Value;
    }

    public sealed class Variable(int slot) : Expression
    {
        public override object? Evaluate(RunScope scope) => scope.Variables[slot];
    }

    public sealed class Input(string name) : Expression
    {
        public override object? Evaluate(RunScope scope) => scope.Input.GetValueOrDefault(name);
    }

    public sealed class Text(Template template) : Expression
    {
        public override object? Evaluate(RunScope scope) => template.Evaluate(scope);
    }

    /// <summary>A JSON object of which some leaves are templates.</summary>
    public sealed class Map(KeyValuePair<string, Expression>[] members) : Expression
    {
        public IReadOnlyList<KeyValuePair<string, Expression>> Members => members;

        public override object? Evaluate(RunScope scope)
        {
            var map = new Dictionary<string, object?>(members.Length);
            foreach (var (name, value) in members)
                map[name] = value.Evaluate(scope);
            return map;
        }
    }

    /// <summary>A JSON list of which some leaves are templates.</summary>
    public sealed class Items(Expression[] items) : Expression
    {
        public override object? Evaluate(RunScope scope)
        {
            var list = new List<object?>(items.Length);
            foreach (var item in items)
                list.Add(item.Evaluate(scope));
            return list;
        }
    }
}
