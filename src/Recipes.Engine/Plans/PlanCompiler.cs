using System.Collections.Frozen;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>What came of compiling a recipe by itself.</summary>
/// <param name="Document">Null when the JSON could not be read.</param>
/// <param name="Plan">Null when there is any fault.</param>
internal sealed record CompiledRecipe(RecipeDocument? Document, Plan? Plan, IReadOnlyList<RecipeFault> Faults, IReadOnlyList<RecipeFault> Warnings);

/// <summary>Compiles a definition into a plan, or finds everything that is wrong with it by itself.</summary>
internal sealed class PlanCompiler
{
    private readonly string _recipe;
    private readonly IActionCatalogue _actions;
    private readonly List<RecipeFault> _faults = [];
    private readonly List<RecipeFault> _warnings = [];
    private readonly Dictionary<string, PlanNode> _nodes = new();

    private PlanCompiler(string recipe, IActionCatalogue actions) => (_recipe, _actions) = (recipe, actions);

    public static CompiledRecipe Compile(string recipe, ReadOnlyMemory<byte> json, IActionCatalogue actions) => new PlanCompiler(recipe, actions).Compile(json);

    /// <summary>The same, whatever it holds: it takes nobody with it.</summary>
    /// <param name="threw">Told when it was of a form that nobody thought of.</param>
    public static CompiledRecipe CompileAny(string recipe, ReadOnlyMemory<byte> json, IActionCatalogue actions, Action<Exception>? threw = null)
    {
        try
        {
            return Compile(recipe, json, actions);
        }
        catch (Exception e)
        {
            threw?.Invoke(e);
            return new(null, null, [new(recipe, $"The file could not be understood ({e.GetType().Name}). Look for values of an unusual form; the log says more.")], []);
        }
    }

    private CompiledRecipe Compile(ReadOnlyMemory<byte> json)
    {
        var document = new DefinitionReader(_recipe, _faults).Read(json);
        var plan = document?.Root is null ? null : Compile(document, document.Root, json);
        return new(document, _faults.Count == 0 ? plan : null, _faults, _warnings);
    }

    private Plan? Compile(RecipeDocument document, ActivityDocument root, ReadOnlyMemory<byte> json)
    {
        var activities = root.All().ToList();
        if (!CheckIdentities(activities))
            return null;
        var names = new RecipeNames { Document = document };
        CollectVariables(document, activities, names);
        var reader = new ExpressionReader(names, _faults, _warnings);
        var steps = new StepCompiler(reader, names, _actions, document);
        steps.CollectSteps(activities);
        for (var index = 0; index < activities.Count; index++)
            _nodes[activities[index].Id] = steps.Compile(activities[index], index);
        foreach (var activity in activities)
            Link(activity, reader);
        foreach (var node in _nodes.Values)
            MarkDelays(node);
        CheckPlaces(activities, reader);
        CheckTrigger(root, activities);
        foreach (var (key, place) in names.FieldKeys.Where(k => !steps.Connectors.ContainsKey(k.Key)))
            Fault(place.Activity, place.Path, $"No step of this recipe uses a connection '{key}'.");

        var rootNode = _nodes[root.Id];
        if (rootNode is not (FlowchartNode or SequenceNode))
            rootNode = new SequenceNode { Index = activities.Count, Recipe = _recipe, Id = "root", Step = "root", Type = ActivityTypes.Sequence, Children = [rootNode] };
        return new()
        {
            Recipe = _recipe,
            Version = RecipeVersion.Of(json.Span),
            Source = json,
            IsCallable = activities.Exists(a => a.Type == ActivityTypes.Callable),
            Trigger = _nodes.Values.OfType<TriggerNode>().FirstOrDefault()?.Planned,
            Root = rootNode,
            Nodes = [.. activities.Select(a => _nodes[a.Id])],
            Variables = [.. names.Variables.Select(v => v.Initial)],
            VariableSlots = Slots(names.Variables.Select(v => v.Name)),
            Steps = activities.Select((a, i) => KeyValuePair.Create(a.Step, i)).ToFrozenDictionary(),
            Inputs = [.. document.Inputs],
            Outputs = [.. document.Outputs],
            OutputSlots = Slots(document.Outputs.Select(o => o.Name)),
            Needs = [.. steps.Connectors.Select(c => new RecipeNeed(c.Key, c.Value, document.Policies.TryGetValue(c.Key, out var policy) ? policy : null) { Scopes = steps.ScopesOf(c.Key) })],
            Policies = document.Policies,
            FieldKeys = [.. names.FieldKeys.Keys],
            Calls = steps.Calls,
            TimeLimit = document.TimeLimit,
            Concurrency = document.Concurrency,
        };
    }

    private static FrozenDictionary<string, int> Slots(IEnumerable<string> names) =>
        names.Select((name, slot) => KeyValuePair.Create(name, slot)).ToFrozenDictionary();

    private bool CheckIdentities(List<ActivityDocument> activities)
    {
        var ids = new HashSet<string>();
        var steps = new HashSet<string>();
        foreach (var activity in activities)
        {
            if (!ids.Add(activity.Id))
                Fault(activity, $"{activity.Path}.id", $"There are two activities with the id '{activity.Id}'.");
            else if (!steps.Add(activity.Step))
                Fault(activity, $"{activity.Path}.name", $"There are two activities called '{activity.Step}': templates could not tell their outputs apart.");
        }

        return ids.Count == activities.Count;
    }

    private void CollectVariables(RecipeDocument document, List<ActivityDocument> activities, RecipeNames names)
    {
        foreach (var variable in document.Variables)
            Add(variable, null, "variables");
        foreach (var activity in activities)
        {
            foreach (var variable in activity.Variables)
                Add(variable, activity, $"{activity.Path}.variables");
        }

        void Add(RecipeVariable variable, ActivityDocument? activity, string path)
        {
            if (!names.TryAdd(variable))
                Fault(activity, path, $"There are two variables called '{variable.Name}' or with the id '{variable.Id}'.");
        }
    }

    private void Link(ActivityDocument activity, ExpressionReader reader)
    {
        switch (_nodes[activity.Id])
        {
            case FlowchartNode chart:
                new FlowchartCompiler(activity, _nodes, reader).Compile(chart);
                break;
            case SequenceNode sequence:
                sequence.Children = [.. activity.Children.Select(c => _nodes[c.Id])];
                for (var i = 1; i < sequence.Children.Length; i++)
                {
                    if (sequence.Children[i - 1] is { Ends: { } what } before)
                        Fault(activity.Children[i], activity.Children[i].Path, $"The step cannot be reached: '{before.Step}' {what} before it.");
                }

                break;
            case IfNode choice:
                choice.Then = Find(activity.Then);
                choice.Else = Find(activity.Else);
                break;
            case ForEachNode loop:
                loop.Body = Find(activity.Body);
                break;
            case WhileNode loop:
                loop.Body = Find(activity.Body);
                break;
            case SwitchNode cases:
                cases.Bodies = [.. activity.Cases.Select(c => Find(c.Activity)), Find(activity.Default)];
                break;
            case ForkNode fork:
                fork.Branches = [.. activity.Branches.Select(b => _nodes[b.Id])];
                break;
        }
    }

    private PlanNode? Find(ActivityDocument? activity) => activity is null ? null : _nodes[activity.Id];

    // Only when all are linked is it known which of them begin with a delay.
    private static void MarkDelays(PlanNode node)
    {
        if (node is FlowchartNode chart)
            chart.MarkDelays();
        else if (node is ForkNode fork)
            fork.Order();
    }

    private void CheckPlaces(List<ActivityDocument> activities, ExpressionReader reader)
    {
        var inLoops = activities.Select(a => a.Body).OfType<ActivityDocument>().SelectMany(b => b.All()).ToHashSet();
        foreach (var lost in activities.Where(a => a.Type == ActivityTypes.Break && !inLoops.Contains(a)))
            Fault(lost, lost.Path, "There is no loop around it that it could leave.");
        var inCharts = activities.Where(a => a.Type == ActivityTypes.Flowchart).SelectMany(a => a.Children).ToHashSet();
        foreach (var lost in activities.Where(a => a.Type is ActivityTypes.FlowSwitch or ActivityTypes.FlowFork or ActivityTypes.FlowJoin && !inCharts.Contains(a)))
            reader.Warn(lost, lost.Path, $"{lost.Type} does nothing outside of a flowchart.");
    }

    private void CheckTrigger(ActivityDocument root, List<ActivityDocument> activities)
    {
        if (root.Type is ActivityTypes.Flowchart or ActivityTypes.Sequence && root.Children.Count == 0)
            Fault(null, root.Path, "The recipe has no activities.");
        var triggers = activities.FindAll(a => _nodes[a.Id] is CallableNode or TriggerNode);
        foreach (var extra in triggers.Skip(1))
            Fault(extra, extra.Path, extra.Type == ActivityTypes.Callable && triggers[0].Type == ActivityTypes.Callable ? "A recipe has one Callable trigger only." : $"A recipe has one trigger only, and '{triggers[0].Step}' is one already.");
        if (triggers.Count == 0 || triggers[0] == root)
            return;
        var isStart = root.Children.Contains(triggers[0]) && (root.Type == ActivityTypes.Flowchart || root.Children[0] == triggers[0]);
        if (!isStart)
            Fault(triggers[0], triggers[0].Path, $"The {(triggers[0].Type == ActivityTypes.Callable ? "Callable trigger" : "trigger")} has to be where the recipe starts.");
    }

    private void Fault(ActivityDocument? activity, string path, string message) => _faults.Add(new(_recipe, message, activity?.Step, path));
}
