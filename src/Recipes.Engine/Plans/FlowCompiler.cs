namespace Recipes.Engine;

/// <summary>Compiles the activities that decide what runs, how often and when.</summary>
internal sealed class FlowCompiler(ExpressionReader reader, RecipeNames names, string recipe)
{
    private static readonly DataType s_labels = DataType.Text.AsList();
    private static readonly DataType s_span = DataType.Find("TimeSpan", isArray: false)!;

    /// <summary>Null when the activity is of another kind.</summary>
    public PlanNode? Compile(ActivityDocument activity, int index)
    {
        var (id, step, type) = (activity.Id, activity.Step, activity.Type);
        switch (type)
        {
            case ActivityTypes.Switch:
                return new SwitchNode(ReadCases(activity)) { Index = index, Recipe = recipe, Id = id, Step = step, Type = type };
            case ActivityTypes.FlowSwitch:
                return new FlowSwitchNode(ReadCases(activity)) { Index = index, Recipe = recipe, Id = id, Step = step, Type = type };
            case ActivityTypes.ForEach:
                return CompileForEach(activity, index);
            case ActivityTypes.While:
                CheckBody(activity);
                return new WhileNode { Index = index, Recipe = recipe, Id = id, Step = step, Type = type, Condition = ReadCondition(activity) };
            case ActivityTypes.Break:
                return new BreakNode { Index = index, Recipe = recipe, Id = id, Step = step, Type = type };
            case ActivityTypes.Fork:
                return CompileFork(activity, index);
            case ActivityTypes.FlowFork:
                return new FlowForkNode(ReadBranches(activity)) { Index = index, Recipe = recipe, Id = id, Step = step, Type = type };
            case ActivityTypes.FlowJoin:
                var mode = reader.ReadChoice(activity, "mode", Enum.GetNames<JoinMode>());
                return new FlowJoinNode(Enum.Parse<JoinMode>(mode)) { Index = index, Recipe = recipe, Id = id, Step = step, Type = type };
            case ActivityTypes.Delay:
                return new DelayNode { Index = index, Recipe = recipe, Id = id, Step = step, Type = type, Time = ReadDelay(activity) };
            default:
                return null;
        }
    }

    public StepInput? ReadCondition(ActivityDocument activity)
    {
        var condition = reader.Read(activity, "condition", DataType.Boolean);
        if (condition is null && !ExpressionReader.IsGiven(activity, "condition"))
            reader.Fault(activity, $"{activity.Path}.condition", "The condition is missing.");
        if (activity.Type == ActivityTypes.While && condition is { Expression: Expression.Constant } fixedCondition)
            CheckFixed(activity, fixedCondition);
        return condition;
    }

    private void CheckFixed(ActivityDocument loop, StepInput condition)
    {
        if (condition.Expression is Expression.Constant { Value: not true })
            reader.Warn(loop, $"{loop.Path}.condition", "The condition is always false, so the loop never runs.");
        else if (loop.Body is { } body && !body.All().Any(a => a.Type is ActivityTypes.Break or ActivityTypes.Finish or ActivityTypes.Fault))
            reader.Warn(loop, $"{loop.Path}.condition", "The condition is always true, and nothing in the loop leaves it: the run will be stopped by its limit of steps.");
    }

    private ForEachNode CompileForEach(ActivityDocument activity, int index)
    {
        CheckBody(activity);
        var items = reader.Read(activity, "items", DataType.List);
        if (items is null or { Expression: Expression.Constant { Value: null } } && reader.IsSound(activity, "items"))
            reader.Fault(activity, $"{activity.Path}.items", "The items are missing: give a list, for instance {{steps.find.items}}.");
        var slot = reader.ReadBinding(activity, "currentValue");
        return new()
        {
            Index = index,
            Recipe = recipe,
            Id = activity.Id,
            Step = activity.Step,
            Type = activity.Type,
            Items = items,
            CurrentSlot = slot,
            CurrentType = slot < 0 ? DataType.Any : names.Variables[slot].Type,
        };
    }

    private void CheckBody(ActivityDocument loop)
    {
        if (loop.Body is null && reader.IsSound(loop, "body"))
            reader.Fault(loop, $"{loop.Path}.body", "The loop has no body: put what it is to do into it.");
    }

    private ForkNode CompileFork(ActivityDocument activity, int index)
    {
        if (activity.Branches.Count == 0 && reader.IsSound(activity, "branches"))
            reader.Fault(activity, $"{activity.Path}.branches", "The fork has no branches.");
        return new(reader.ReadChoice(activity, "joinMode", "WaitAll", "WaitAny") == "WaitAny") { Index = index, Recipe = recipe, Id = activity.Id, Step = activity.Step, Type = activity.Type };
    }

    private string[] ReadBranches(ActivityDocument activity)
    {
        var path = $"{activity.Path}.branches";
        if (reader.Read(activity, "branches", s_labels) is not { } input)
            return PlanNode.DoneOnly;
        if (input.Expression is not Expression.Constant { Value: IReadOnlyList<object?> { Count: > 0 } list } || list.Any(l => l is not string { Length: > 0 }))
        {
            reader.Fault(activity, path, "The branches have to be a fixed list of names, such as [\"left\", \"right\"].");
            return PlanNode.DoneOnly;
        }

        var labels = list.Cast<string>().ToArray();
        foreach (var twice in labels.GroupBy(l => l).Where(g => g.Count() > 1))
            reader.Fault(activity, path, $"There are two branches called '{twice.Key}'.");
        return [.. labels.Distinct()];
    }

    private SwitchCases ReadCases(ActivityDocument activity)
    {
        var labels = new HashSet<string>();
        var cases = new List<SwitchCase>();
        foreach (var one in activity.Cases)
        {
            var path = $"{one.Path}.condition";
            var condition = reader.ReadElsewhere(activity, one.Condition, path, $"condition of case '{one.Label}'", DataType.Boolean);
            if (condition is null && reader.IsSound(path))
                reader.Fault(activity, path, "The condition of the case is missing.");
            if (string.IsNullOrWhiteSpace(one.Label))
                reader.Fault(activity, $"{one.Path}.label", "A case needs a label.");
            else if (!labels.Add(one.Label))
                reader.Fault(activity, $"{one.Path}.label", $"There are two cases called '{one.Label}'.");
            cases.Add(new(one.Label ?? "", condition));
        }

        if (cases.Count == 0)
            reader.Warn(activity, $"{activity.Path}.cases", "The switch has no cases, so it always takes its default.");
        return new([.. cases], reader.ReadChoice(activity, "mode", "MatchFirst", "MatchAny") == "MatchAny");
    }

    private StepInput? ReadDelay(ActivityDocument activity)
    {
        var time = reader.Read(activity, "timeSpan", s_span);
        if (time is { Expression: Expression.Constant { Value: string { Length: > 0 } text } } && DelayNode.Parse(text) is null)
            reader.Fault(activity, $"{activity.Path}.timeSpan", $"A delay is 0 to {DelayNode.Longest.Days} days, such as \"00:05:00\", but this is '{text}'.");
        return time;
    }
}
