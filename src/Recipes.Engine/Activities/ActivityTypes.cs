namespace Recipes.Engine;

/// <summary>Type names of the activities that are no connector's.</summary>
internal static class ActivityTypes
{
    public const string Flowchart = "Elsa.Flowchart";
    public const string Sequence = "Elsa.Sequence";
    public const string If = "Elsa.If";
    public const string Decision = "Elsa.FlowDecision";
    public const string Switch = "Elsa.Switch";
    public const string FlowSwitch = "Elsa.FlowSwitch";
    public const string ForEach = "Elsa.ForEach";
    public const string While = "Elsa.While";
    public const string Break = "Elsa.Break";
    public const string Fork = "Elsa.Fork";
    public const string FlowFork = "Elsa.FlowFork";
    public const string FlowJoin = "Elsa.FlowJoin";
    public const string Delay = "Elsa.Delay";
    public const string SetVariable = "Elsa.SetVariable";
    public const string SetOutput = "Elsa.SetOutput";
    public const string Finish = "Elsa.Finish";
    public const string Fault = "Elsa.Fault";
    public const string WriteLine = "Elsa.WriteLine";
    public const string Callable = "Recipes.Callable";
    public const string CallRecipe = "Recipes.CallRecipe";
    public const string Schedule = "Recipes.Schedule";
    public const string Webhook = "Recipes.Webhook";
    public const string ConnectionEvent = "Recipes.ConnectionEvent";

    public static readonly string[] All =
    [
        Flowchart, Sequence, If, Decision, Switch, FlowSwitch, ForEach, While, Break, Fork, FlowFork, FlowJoin, Delay,
        SetVariable, SetOutput, Finish, Fault, WriteLine, Callable, CallRecipe, Schedule, Webhook, ConnectionEvent,
    ];

    /// <summary>Members of an activity's JSON that the format itself uses, so that no input can be called so.</summary>
    public static readonly string[] ReservedMembers =
        ["id", "nodeId", "name", "type", "version", "customProperties", "metadata", "connection", "result", "activities", "variables", "connections", "start", "then", "else", "runAsynchronously", "canStartWorkflow"];
}

/// <summary>Stands in for an activity that was not understood, so that the rest of the recipe can be checked. It never runs.</summary>
internal sealed class UnknownNode : PlanNode
{
    public override int Execute(RunMachine machine) => throw new StepException($"There is no activity '{Type}'.");
}
