using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Compiles single activities.</summary>
internal sealed class StepCompiler(ExpressionReader reader, RecipeNames names, IActionCatalogue actions, RecipeDocument document)
{
    private readonly ActionCompiler _actions = new(reader, names, actions);
    private readonly TriggerCompiler _triggers = new(reader, names, actions);
    private readonly FlowCompiler _flow = new(reader, names, document.Recipe);
    private readonly List<PlannedCall> _calls = [];

    public List<PlannedCall> Calls => _calls;

    /// <summary>Connector of each key that steps use.</summary>
    public IReadOnlyDictionary<StableKey, string> Connectors => _actions.Connectors;

    public IReadOnlyList<string> ScopesOf(StableKey key) => _actions.ScopesOf(key);

    /// <summary>Notes which steps and keys there are, before any expression that may refer to them is read.</summary>
    public void CollectSteps(List<ActivityDocument> activities)
    {
        foreach (var activity in activities)
        {
            var action = actions.FindAction(activity.Type);
            names.Steps[activity.Step] = activity.Type switch
            {
                ActivityTypes.CallRecipe => ["result", "failure"],
                ActivityTypes.If => ["result"],
                ActivityTypes.ForEach => ["currentValue", "currentIndex"],
                _ when action is { Outputs.Count: 0 } => null,
                _ when action is not null => [.. action.Outputs.Select(o => o.Name), "failure"],
                _ when ActivityTypes.All.Contains(activity.Type) => [],
                _ => null,
            };
            if (action is not null)
                _actions.CollectKey(activity, action.Connector, action.Scopes);
            else
                _triggers.Collect(activity, _actions);
        }

        _actions.CheckKeys();
    }

    public PlanNode Compile(ActivityDocument activity, int index)
    {
        var (recipe, id, step, type) = (document.Recipe, activity.Id, activity.Step, activity.Type);
        switch (type)
        {
            case ActivityTypes.Flowchart:
                return new FlowchartNode { Index = index, Recipe = recipe, Id = id, Step = step, Type = type, OwnVariables = OwnVariables(activity) };
            case ActivityTypes.Sequence:
                return new SequenceNode { Index = index, Recipe = recipe, Id = id, Step = step, Type = type, OwnVariables = OwnVariables(activity) };
            case ActivityTypes.If:
                return new IfNode
                {
                    Index = index,
                    Recipe = recipe,
                    Id = id,
                    Step = step,
                    Type = type,
                    Condition = _flow.ReadCondition(activity),
                    ResultSlot = reader.ReadBinding(activity, "result"),
                };
            case ActivityTypes.Decision:
                return new DecisionNode { Index = index, Recipe = recipe, Id = id, Step = step, Type = type, Condition = _flow.ReadCondition(activity) };
            case ActivityTypes.SetVariable:
                var slot = reader.ReadVariable(activity, "variable");
                return new SetVariableNode
                {
                    Index = index,
                    Recipe = recipe,
                    Id = id,
                    Step = step,
                    Type = type,
                    Slot = slot,
                    Value = reader.Read(activity, "value", slot < 0 ? DataType.Any : names.Variables[slot].Type),
                };
            case ActivityTypes.SetOutput:
                return CompileSetOutput(activity, index);
            case ActivityTypes.Finish:
                return new FinishNode { Index = index, Recipe = recipe, Id = id, Step = step, Type = type };
            case ActivityTypes.Fault:
                return new FaultNode
                {
                    Index = index,
                    Recipe = recipe,
                    Id = id,
                    Step = step,
                    Type = type,
                    Message = reader.Read(activity, "message", DataType.Text),
                    Code = reader.Read(activity, "code", DataType.Text),
                };
            case ActivityTypes.WriteLine:
                return new WriteLineNode { Index = index, Recipe = recipe, Id = id, Step = step, Type = type, Text = reader.Read(activity, "text", DataType.Text) };
            case ActivityTypes.Callable:
                return new CallableNode { Index = index, Recipe = recipe, Id = id, Step = step, Type = type };
            case ActivityTypes.CallRecipe:
                return CompileCall(activity, index);
            case var _ when _triggers.IsTrigger(type):
                return _triggers.Compile(activity, index, _actions);
            default:
                return _flow.Compile(activity, index) ?? _actions.Compile(activity, index);
        }
    }

    private int[] OwnVariables(ActivityDocument container) => [.. container.Variables.Select(v => names.FindSlot(v.Id, v.Name)).Where(slot => slot >= 0)];

    private SetOutputNode CompileSetOutput(ActivityDocument activity, int index)
    {
        var slot = -1;
        if (reader.ReadFixedText(activity, "outputName", "The output (its name)") is { } name)
        {
            slot = document.Outputs.ToList().FindIndex(o => o.Name == name);
            if (slot < 0)
                reader.Fault(activity, $"{activity.Path}.outputName", $"This recipe has no output '{name}'.{DidYouMean.Hint(name, document.Outputs.Select(o => o.Name))}");
        }

        return new()
        {
            Index = index,
            Recipe = document.Recipe,
            Id = activity.Id,
            Step = activity.Step,
            Type = activity.Type,
            Slot = slot,
            Value = reader.Read(activity, "outputValue", slot < 0 ? DataType.Any : document.Outputs[slot].Type),
        };
    }

    private CallRecipeNode CompileCall(ActivityDocument activity, int index)
    {
        _actions.CheckMembers(activity, ["recipe", "input", "result"]);
        var callee = reader.ReadFixedText(activity, "recipe", "The name of the recipe to call");
        var input = reader.Read(activity, "input", DataType.Dictionary);
        if (callee is not null)
        {
            IReadOnlyList<string>? passed = input?.Expression switch
            {
                null => reader.IsSound(activity, "input") ? [] : null,
                Expression.Map map => [.. map.Members.Select(m => m.Key)],
                Expression.Constant { Value: IReadOnlyDictionary<string, object?> fixedInput } => [.. fixedInput.Keys],
                _ => null,
            };
            _calls.Add(new(callee, activity.Step, activity.Path, passed));
        }

        var slot = reader.ReadBinding(activity, "result");
        return new()
        {
            Index = index,
            Recipe = document.Recipe,
            Id = activity.Id,
            Step = activity.Step,
            Type = activity.Type,
            Callee = callee ?? "",
            Input = input,
            ResultSlot = slot,
            ResultType = slot < 0 ? DataType.Any : names.Variables[slot].Type,
        };
    }
}
