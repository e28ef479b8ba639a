using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>One input of a step: its expression and the type its value must have.</summary>
internal sealed class StepInput(string name, DataType type, Expression expression)
{
    public string Name => name;

    public Expression Expression => expression;

    /// <summary>The value, converted; constants were converted when the recipe was compiled.</summary>
    /// <exception cref="StepException">When it cannot be worked out or has the wrong type.</exception>
    public object? Read(RunScope scope)
    {
        if (expression is Expression.Constant constant)
            return constant.Value;
        object? value;
        try
        {
            value = expression.Evaluate(scope);
        }
        catch (TemplateException e)
        {
            throw new StepException($"Input '{name}': {e.Message}");
        }

        if (expression is Expression.Map or Expression.Items)
            DataSize.Check(value);
        if (type.Kind == DataKind.Any && !type.IsList)
            return value;
        return DataConversion.TryConvert(type, value, out var converted, out var problem) ? converted : throw new StepException($"Input '{name}' {problem}.");
    }

    /// <summary>The value as a condition: null, and so anything missing, is false.</summary>
    /// <exception cref="StepException">When it is anything but a boolean.</exception>
    public bool ReadCondition(RunScope scope) => Read(scope) is true;

    public string? ReadText(RunScope scope) => Read(scope) is { } value ? DataConversion.Print(value) : null;
}

/// <summary>A step cannot go on; the message is fit for the recipe's author and ends the run.</summary>
internal sealed class StepException(string message) : Exception(message);
