using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>What starts a recipe other than calls, compiled once: fixed before anything runs.</summary>
/// <param name="Activity">Id of the activity.</param>
/// <param name="Step">Name of the step; templates read what it brought as <c>steps.&lt;name&gt;</c>.</param>
/// <param name="Type">Activity type.</param>
public abstract record PlannedTrigger(string Activity, string Step, string Type)
{
    /// <summary>The connection that it is asked or registered through; null for those of no app.</summary>
    public virtual StableKey? Key => null;

    /// <summary>Its fixed inputs: plain data by name.</summary>
    public virtual IReadOnlyDictionary<string, object?> Inputs { get; init; } = new Dictionary<string, object?>();

    /// <summary>Whether it is the same as one that was switched on, so that its cursor still means something.</summary>
    public bool IsSameAs(TriggerState state) => state.Activity == Activity && state.Type == Type && state.Key == Key;

    /// <summary>Comes at times.</summary>
    public sealed record Schedule(string Activity, string Step, CronSchedule Cron, MisfireRule Misfire) : PlannedTrigger(Activity, Step, ActivityTypes.Schedule);

    /// <summary>Comes when a connection is lost or works again.</summary>
    /// <param name="Of">Connections of this definition; null means of any.</param>
    /// <param name="Kinds">What it tells of.</param>
    public sealed record ConnectionEvent(string Activity, string Step, StableKey? Of, IReadOnlyList<AlertKind> Kinds) : PlannedTrigger(Activity, Step, ActivityTypes.ConnectionEvent)
    {
        public override StableKey? Key => Of;
    }

    /// <summary>Asks an app again and again.</summary>
    public sealed record Poll(string Activity, string Step, PollTrigger Trigger, StableKey Through, TimeSpan Every, FirstPoll First) : PlannedTrigger(Activity, Step, Trigger.Type)
    {
        public override StableKey? Key => Through;
    }

    /// <summary>Is called by an app.</summary>
    /// <param name="Through">What it is registered through; null where a person does that and named none.</param>
    public sealed record Webhook(string Activity, string Step, WebhookTrigger Trigger, StableKey? Through) : PlannedTrigger(Activity, Step, Trigger.Type)
    {
        public override StableKey? Key => Through;
    }

    /// <summary>Is called by whoever knows its address, and proves what <paramref name="Proof"/> asks for.</summary>
    public sealed record OpenWebhook(string Activity, string Step, WebhookProof Proof) : PlannedTrigger(Activity, Step, ActivityTypes.Webhook);
}
