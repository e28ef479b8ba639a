using System.Globalization;
using System.Xml;
using Recipes.Connections;
using Recipes.Connectors;
using ValueType = Recipes.Connectors.ValueType;

namespace Recipes.Engine;

/// <summary>Compiles activities that start a recipe.</summary>
internal sealed class TriggerCompiler(ExpressionReader reader, RecipeNames names, IActionCatalogue catalogue)
{
    private static readonly TimeSpan s_leastPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromDays(7);

    private static readonly Dictionary<string, ActionOutput[]> s_own = new()
    {
        [ActivityTypes.Schedule] = [new("dueAt", "When it was due", ValueType.Text), new("timeZone", "Time zone", ValueType.Text)],
        [ActivityTypes.Webhook] = [.. PlainWebhook.Outputs],
        [ActivityTypes.ConnectionEvent] =
        [
            new("event", "lost or healed", ValueType.Text), new("at", "When", ValueType.Text), new("key", "Stable key", ValueType.Text), new("connectionId", "Connection", ValueType.Text),
            new("connectionName", "Its name", ValueType.Text), new("owner", "Whose account it is", ValueType.Text), new("failure", "Why it was lost", ValueType.Object),
        ],
    };

    public bool IsTrigger(string type) => s_own.ContainsKey(type) || catalogue.FindTrigger(type) is not null;

    /// <summary>Notes what a trigger brings and which key it uses, before any expression that may refer to them is read.</summary>
    public void Collect(ActivityDocument activity, ActionCompiler actions)
    {
        if (!IsTrigger(activity.Type))
            return;
        var trigger = catalogue.FindTrigger(activity.Type);
        var outputs = OutputsOf(activity.Type);
        names.Steps[activity.Step] = outputs.Count == 0 ? null : [.. outputs.Select(o => o.Name)];
        if (trigger is not null && (NeedsKey(trigger) || ExpressionReader.IsGiven(activity, ActionCompiler.KeyMember)))
            actions.CollectKey(activity, trigger.Connector, trigger.Scopes);
        CheckInputs(activity, outputs);
    }

    public TriggerNode Compile(ActivityDocument activity, int index, ActionCompiler actions)
    {
        var outputs = OutputsOf(activity.Type);
        return new()
        {
            Index = index,
            Recipe = names.Document.Recipe,
            Id = activity.Id,
            Step = activity.Step,
            Type = activity.Type,
            Planned = activity.Type switch
            {
                ActivityTypes.Schedule => CompileSchedule(activity, actions, outputs),
                ActivityTypes.Webhook => CompileWebhook(activity, actions, outputs),
                ActivityTypes.ConnectionEvent => CompileConnectionEvent(activity, actions, outputs),
                _ => CompileConnectors(activity, catalogue.FindTrigger(activity.Type)!, actions, outputs),
            },
            Outputs = [.. actions.ReadBindings(activity, outputs)],
        };
    }

    // Registering and asking go through a connection; where a person has set the app up, there is nothing to ask.
    private static bool NeedsKey(ConnectorTrigger trigger) => trigger is not WebhookTrigger { Registers: false };

    private IReadOnlyList<ActionOutput> OutputsOf(string type) => s_own.TryGetValue(type, out var own) ? own : catalogue.FindTrigger(type)!.Outputs;

    // What a recipe requires nobody else could give.
    private void CheckInputs(ActivityDocument activity, IReadOnlyList<ActionOutput> outputs)
    {
        if (outputs.Count == 0)
            return;
        var index = 0;
        foreach (var input in names.Document.Inputs)
        {
            if (input.Required && outputs.All(o => o.Name != input.Name))
                reader.Fault(activity, $"inputs[{index}]", $"The recipe requires the input '{input.Name}', but its trigger brings only {string.Join(", ", outputs.Select(o => o.Name))}: give it a default, or read what you need from steps.{activity.Step}.");
            index++;
        }
    }

    private PlannedTrigger CompileSchedule(ActivityDocument activity, ActionCompiler actions, IReadOnlyList<ActionOutput> outputs)
    {
        CheckMembers(activity, actions, outputs, "cron", "timeZone", "misfire");
        var cron = reader.ReadFixedText(activity, "cron", "The cron expression");
        var zone = ReadOptional(activity, "timeZone", "The time zone") ?? "UTC";
        var misfire = ReadChoice(activity, "misfire", MisfireRule.Once);
        CronSchedule? schedule = null;
        if (cron is not null && !CronSchedule.TryRead(cron, zone, out schedule, out var problem))
            reader.Fault(activity, $"{activity.Path}.{(problem.Contains("time zone", StringComparison.Ordinal) ? "timeZone" : "cron")}", problem);
        // With a fault the plan never runs.
        return new PlannedTrigger.Schedule(activity.Id, activity.Step, schedule!, misfire);
    }

    private PlannedTrigger CompileWebhook(ActivityDocument activity, ActionCompiler actions, IReadOnlyList<ActionOutput> outputs)
    {
        CheckMembers(activity, actions, outputs, "proof");
        return new PlannedTrigger.OpenWebhook(activity.Id, activity.Step, ReadChoice(activity, "proof", WebhookProof.Standard));
    }

    private PlannedTrigger CompileConnectionEvent(ActivityDocument activity, ActionCompiler actions, IReadOnlyList<ActionOutput> outputs)
    {
        CheckMembers(activity, actions, outputs, ActionCompiler.KeyMember, "event");
        var key = ExpressionReader.IsGiven(activity, ActionCompiler.KeyMember) ? actions.ReadKey(activity) : null;
        AlertKind[] kinds = ReadOptional(activity, "event", "The event") switch
        {
            null or "any" => [AlertKind.Lost, AlertKind.Recovered],
            "lost" => [AlertKind.Lost],
            "healed" => [AlertKind.Recovered],
            var other => Unknown(other),
        };
        return new PlannedTrigger.ConnectionEvent(activity.Id, activity.Step, key, kinds);

        AlertKind[] Unknown(string given)
        {
            reader.Fault(activity, $"{activity.Path}.event", $"There is no event '{given}': use lost, healed or any.");
            return [];
        }
    }

    private PlannedTrigger CompileConnectors(ActivityDocument activity, ConnectorTrigger trigger, ActionCompiler actions, IReadOnlyList<ActionOutput> outputs)
    {
        string[] own = trigger is PollTrigger ? [ActionCompiler.KeyMember, "every", "first"] : [ActionCompiler.KeyMember];
        CheckMembers(activity, actions, outputs, [.. own, .. trigger.Inputs.Select(i => i.Name)]);
        var inputs = new Dictionary<string, object?>();
        foreach (var declared in trigger.Inputs)
        {
            if (own.Contains(declared.Name))
                reader.Fault(activity, $"{activity.Path}.{declared.Name}", $"{activity.Type} declares an input '{declared.Name}', a name that triggers reserve: the connector has to call it something else.");
            else if (actions.ReadInput(activity, declared) is { } input)
                inputs[declared.Name] = Fixed(activity, input, $"The input '{declared.Name}'");
        }

        var key = actions.KeyOf(activity);
        return trigger switch
        {
            PollTrigger poll => new PlannedTrigger.Poll(activity.Id, activity.Step, poll, key.GetValueOrDefault(), ReadEvery(activity) ?? poll.Every, ReadChoice(activity, "first", poll.First)) { Inputs = inputs },
            WebhookTrigger webhook => new PlannedTrigger.Webhook(activity.Id, activity.Step, webhook, key) { Inputs = inputs },
            _ => throw new InvalidOperationException($"Unknown trigger {trigger.GetType().Name}."),
        };
    }

    private void CheckMembers(ActivityDocument activity, ActionCompiler actions, IReadOnlyList<ActionOutput> outputs, params string[] inputs) =>
        actions.CheckMembers(activity, [.. inputs, "result", .. outputs.Select(o => o.Name)]);

    private TimeSpan? ReadEvery(ActivityDocument activity)
    {
        if (ReadOptional(activity, "every", "The pause between two polls") is not { } text)
            return null;
        if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var pause) || TryIso(text, out pause))
        {
            if (pause >= s_leastPause && pause <= s_longestPause)
                return pause;
        }

        reader.Fault(activity, $"{activity.Path}.every", $"'{text}' is no pause between polls: use 10 seconds to 7 days, such as 00:05:00 or PT5M.");
        return null;
    }

    private static bool TryIso(string text, out TimeSpan pause)
    {
        try
        {
            pause = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            pause = default;
            return false;
        }
    }

    private T ReadChoice<T>(ActivityDocument activity, string member, T initial)
        where T : struct, Enum
    {
        if (ReadOptional(activity, member, $"'{member}'") is not { } text)
            return initial;
        if (Enum.TryParse<T>(text, ignoreCase: true, out var chosen) && !char.IsAsciiDigit(text[0]))
            return chosen;
        reader.Fault(activity, $"{activity.Path}.{member}", $"'{text}' is none of {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}.");
        return initial;
    }

    private string? ReadOptional(ActivityDocument activity, string member, string what) =>
        reader.Read(activity, member, DataType.Text) is { } input ? Fixed(activity, input, what) as string is { Length: > 0 } text ? text : null : null;

    // Nothing has run when a trigger is asked, so there is nothing that a template could read.
    private object? Fixed(ActivityDocument activity, StepInput input, string what)
    {
        if (input.Expression is Expression.Constant constant)
            return constant.Value;
        reader.Fault(activity, $"{activity.Path}.{input.Name}", $"{what} has to be a literal: it is needed before anything runs.");
        return null;
    }
}
