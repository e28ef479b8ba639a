using System.Globalization;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>What pages say of triggers.</summary>
internal static class TriggerWords
{
    public static Health ColourOf(TriggerReply trigger) => (trigger.State, trigger.LastResult?.Outcome) switch
    {
        ("paused", _) => Health.Red,
        ("on", TriggerOutcome.Failed) => Health.Yellow,
        ("on", _) => Health.Green,
        _ => Health.Grey,
    };

    public static string StateOf(TriggerReply trigger) => trigger.State switch
    {
        "paused" => "Paused",
        "on" => "On",
        _ => "Off",
    };

    /// <summary>In a word or two, for a list.</summary>
    public static string Short(PlannedTrigger trigger) => trigger switch
    {
        PlannedTrigger.Schedule => "a schedule",
        PlannedTrigger.Webhook or PlannedTrigger.OpenWebhook => "a webhook",
        PlannedTrigger.ConnectionEvent => "connection events",
        PlannedTrigger.Poll => "new records",
        _ => trigger.Type,
    };

    /// <summary>One sentence.</summary>
    public static string Of(PlannedTrigger trigger) => trigger switch
    {
        PlannedTrigger.Schedule schedule => $"It comes at the times of “{schedule.Cron.Text}”, {schedule.Cron.Zone.Id}; of times that were missed {OfMissed(schedule.Misfire)}.",
        PlannedTrigger.Poll poll => $"{poll.Trigger.DisplayName}: {poll.Trigger.Connector.DisplayName} is asked every {Of(poll.Every)} through “{poll.Through}”, and each record starts a run.",
        PlannedTrigger.Webhook { Trigger: { Registers: true } webhook } => $"{webhook.DisplayName}: {webhook.Connector.DisplayName} is told where to deliver when it is switched on.",
        PlannedTrigger.Webhook { Trigger: var webhook } => $"{webhook.DisplayName}: {webhook.Connector.DisplayName} delivers to an address that you give it.",
        PlannedTrigger.OpenWebhook { Proof: WebhookProof.None } => "Whoever knows its address starts it.",
        PlannedTrigger.OpenWebhook { Proof: WebhookProof.Token } => "It is started by deliveries to its address that show a secret.",
        PlannedTrigger.OpenWebhook => "It is started by deliveries to its address that are signed.",
        PlannedTrigger.ConnectionEvent events => $"It comes when {(events.Of is { } key ? $"a connection of “{key}”" : "any connection")} {(events.Kinds is [AlertKind.Lost] ? "is lost" : events.Kinds is [AlertKind.Recovered] ? "works again" : "is lost or works again")}.",
        _ => trigger.Type,
    };

    private static string OfMissed(MisfireRule rule) => rule switch
    {
        MisfireRule.All => "each is made up for, 100 at most",
        MisfireRule.Skip => "none is made up for",
        _ => "the last is made up for",
    };

    private static string Of(TimeSpan pause) => pause switch
    {
        { TotalDays: >= 1 } => Count(pause.TotalDays, "day"),
        { TotalHours: >= 1 } => Count(pause.TotalHours, "hour"),
        { TotalMinutes: >= 1 } => Count(pause.TotalMinutes, "minute"),
        _ => Count(pause.TotalSeconds, "second"),
    };

    private static string Count(double number, string unit) => number == 1 ? unit : string.Create(CultureInfo.InvariantCulture, $"{number:0.#} {unit}s");
}
