namespace Recipes.Host;

/// <summary>The activities that the engine runs by itself, under Elsa's names where Elsa has them.</summary>
/// <remarks>Names, ports and types: those of Elsa 3's own descriptors.</remarks>
internal static class EngineActivities
{
    /// <summary>Stands in for an activity that is not known here; the original travels inside it.</summary>
    public const string NotFound = "Elsa.NotFoundActivity";

    public static IEnumerable<ActivityDescriptor> All { get; } =
    [
        new("Elsa.Flowchart", "Flow", "Flowchart", "Steps and the ways between them.") { IsContainer = true, IsOffered = false },
        new("Elsa.Sequence", "Flow", "Sequence", "Steps one after the other.") { IsContainer = true },
        new(NotFound, "System", "Unknown activity", "This activity is not known here. It is kept as it is.") { IsOffered = false },

        new("Elsa.FlowDecision", "Branching", "Decision", "Goes one way or the other.")
        {
            Outcomes = ["True", "False"],
            Inputs = [Condition("Which way to go, as a template: {{gt input.amount 10000}}")],
        },
        new("Elsa.FlowSwitch", "Branching", "Switch (flow)", "Goes the way of the first case that holds, or of all that do.")
        {
            Outcomes = ["Default"],
            Inputs = [new("Cases", "FlowSwitchCase[]", "Cases", "flow-switch-editor", "Each with a condition, as a template.") { IsWrapped = false }, MatchMode],
        },
        new("Elsa.If", "Branching", "If", "Runs one of two activities inside it.")
        {
            Embedded = ["Then", "Else"],
            Inputs = [Condition("Which of the two to run, as a template: {{eq input.kind \"new\"}}")],
            Outputs = [new("Result", "Boolean", "Whether the condition held")],
        },
        new("Elsa.Switch", "Branching", "Switch", "Runs the activity of the first case that holds, or of all that do.")
        {
            Embedded = ["Default"],
            Inputs = [new("Cases", "SwitchCase[]", "Cases", "switch-editor", "Each with a condition, as a template.") { IsWrapped = false }, MatchMode],
        },
        new("Elsa.FlowFork", "Branching", "Fork", "Goes several ways.")
        {
            Inputs = [new("Branches", "List<String>", "Branches", "dynamic-outcomes", "A name for each way.") { Syntax = "Object" }],
        },
        new("Elsa.FlowJoin", "Branching", "Join", "Brings several ways together.")
        {
            Inputs = [new("Mode", "FlowJoinMode", "Mode", "dropdown", "WaitAllActive goes on when all ways that were taken have arrived; WaitAll only if all were taken; WaitAny with what can run at once.") { Choices = ["WaitAny", "WaitAll", "WaitAllActive"], Default = "WaitAny" }],
        },
        new("Elsa.Fork", "Branching", "Fork (embedded)", "Runs branches that are inside it.") { IsOffered = false },

        new("Elsa.ForEach", "Looping", "For each", "Runs the activity inside it once for each item of a list.")
        {
            Embedded = ["Body"],
            Inputs = [new("Items", "List<Object>", "Items", "multiline", "A list, as a template: {{steps.find.items}}") { Syntax = "Handlebars" }],
            Outputs = [new("CurrentValue", "Object", "Current value")],
        },
        new("Elsa.While", "Looping", "While", "Runs the activity inside it as long as a condition holds.")
        {
            Embedded = ["Body"],
            Inputs = [Condition("How long to go on, as a template: {{lt variables.count 10}}")],
        },
        new("Elsa.Break", "Looping", "Break", "Leaves the loop that it is in.") { IsTerminal = true },

        new("Elsa.SetVariable", "Data", "Set variable", "Gives a variable of the recipe another value.")
        {
            Inputs = [new("Variable", "Variable", "Variable", "variable-picker") { IsWrapped = false }, new("Value", "Object", "Value", "multiline")],
        },
        new("Elsa.SetOutput", "Data", "Set output", "Says what the recipe answers.")
        {
            Inputs = [new("OutputName", "String", "Output", "output-picker"), new("OutputValue", "Object", "Value", "multiline")],
        },
        new("Elsa.WriteLine", "Data", "Note", "Writes a line into the journal.") { Inputs = [new("Text", "String", "Text", "multiline")] },
        new("Elsa.Delay", "Flow", "Delay", "Waits, over restarts of the host as well.")
        {
            Inputs = [new("TimeSpan", "TimeSpan", "For how long", Help: "Such as 00:05:00 or PT5M; at most 366 days.") { Default = "00:01:00" }],
        },
        new("Elsa.Finish", "Flow", "Finish", "Ends the recipe; a recipe that called it goes on.") { IsTerminal = true },
        new("Elsa.Fault", "Flow", "Fail", "Ends the recipe as failed.")
        {
            IsTerminal = true,
            Inputs = [new("Message", "String", "Message", "multiline"), new("Code", "String", "Code")],
        },

        new("Recipes.Callable", "Triggers", "Callable", "The recipe may be called by programs, people and other recipes, as themselves.") { Kind = "Trigger" },
        new("Recipes.Schedule", "Triggers", "Schedule", "Starts the recipe at times.")
        {
            Kind = "Trigger",
            Inputs =
            [
                new("Cron", "String", "Cron expression", Help: "Minute hour day month weekday: 0 8 * * 1-5 is every working day at eight."),
                new("TimeZone", "String", "Time zone", Help: "Such as Europe/Berlin.") { Default = "UTC" },
                new("Misfire", "String", "What was missed", "dropdown", "What happens to times at which no host was running.") { Choices = ["once", "skip", "all"], Default = "once" },
            ],
            Outputs = [new("DueAt", "String", "When it was due")],
        },
        new("Recipes.Webhook", "Triggers", "Webhook", "Starts the recipe when a program calls an address.")
        {
            Kind = "Trigger",
            Inputs = [new("Proof", "String", "How callers prove who they are", "dropdown", "standard: signed as Standard Webhooks has it; token: a secret in the Authorization header; none: the address is the secret.") { Choices = ["standard", "token", "none"], Default = "standard" }],
            Outputs = [new("Body", "Object", "What was sent"), new("Query", "ObjectDictionary", "Query"), new("Headers", "ObjectDictionary", "Headers"), new("Method", "String", "Method")],
        },
        new("Recipes.ConnectionEvent", "Triggers", "Connection lost or healed", "Starts the recipe when a connection breaks or works again.")
        {
            Kind = "Trigger",
            Inputs = [new("Connection", "String", "Connection", "dropdown", "Empty for all.") { IsDynamic = true }, new("Event", "String", "Event", "dropdown") { Choices = ["any", "lost", "healed"], Default = "any" }],
            Outputs = [new("ConnectionId", "String", "Connection"), new("ConnectionName", "String", "Its name"), new("Owner", "String", "Whose account it is"), new("Failure", "Object", "Why it was lost")],
        },
        new("Recipes.CallRecipe", "Recipes", "Call recipe", "Calls another recipe with the connections and the user of this run.")
        {
            Outcomes = ["Done", "Failed"],
            Inputs =
            [
                new("Recipe", "String", "Recipe", "dropdown") { IsDynamic = true },
                new("Input", "ObjectDictionary", "Input", "json-editor", "An object; its texts may be templates: {\"account\": \"{{input.account}}\"}") { Syntax = "Object", Language = "json" },
            ],
            Outputs = [new("Result", "ObjectDictionary", "What it answered")],
        },
    ];

    private static InputDescriptor MatchMode => new("Mode", "SwitchMode", "Mode", "dropdown") { Choices = ["MatchFirst", "MatchAny"], Default = "MatchFirst" };

    private static InputDescriptor Condition(string help) => new("Condition", "Boolean", "Condition", "singleline", help) { Syntax = "Handlebars" };
}
