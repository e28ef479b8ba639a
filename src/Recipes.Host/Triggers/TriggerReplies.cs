using System.Text.Json.Nodes;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>The trigger of a recipe, and how far it is in this tenant.</summary>
/// <param name="Activity">Id of its activity.</param>
/// <param name="State"><c>off</c>, <c>on</c> or <c>paused</c>: on, but something keeps it from starting runs.</param>
/// <param name="Key">Stable key of the connection it uses; left out where it uses none.</param>
/// <param name="By">Who switched it on or off last: its runs are theirs.</param>
/// <param name="NextAt">When it is looked at next.</param>
/// <param name="Failures">Failures in a row.</param>
/// <param name="Cursor">How far it is. For those alone who may switch it.</param>
/// <param name="WebhookAddress">Where deliveries go. For those alone who may switch it.</param>
/// <param name="IsRegistered">Whether the app was told that address; left out where a person tells it.</param>
public sealed record TriggerReply(
    string Recipe, string Activity, string Type, string State, string? Key, string? By, DateTimeOffset? SwitchedAt, DateTimeOffset? NextAt, TriggerResultReply? LastResult, int Failures,
    TriggerPauseReply? Paused, JsonNode? Cursor, Uri? WebhookAddress, bool? IsRegistered);

/// <param name="Message">One sentence.</param>
/// <param name="Runs">How many runs it started.</param>
/// <param name="Kind">For a request that failed, what has to be done about it.</param>
public sealed record TriggerResultReply(TriggerOutcome Outcome, string Message, DateTimeOffset At, int Runs, FailureKind? Kind);

/// <param name="AuthorizeUrl">Where the connection can be authorised; left out where that would not help.</param>
public sealed record TriggerPauseReply(TriggerPauseReason Reason, string Message, DateTimeOffset Since, Uri? AuthorizeUrl);

/// <summary>What came of switching a trigger on.</summary>
/// <param name="NewSecret">What deliveries have to be signed with; told only now, and left out where the sender knows it already.</param>
public sealed record SwitchedOnReply(TriggerReply Trigger, string? NewSecret);

/// <summary>How to switch a trigger on.</summary>
/// <param name="Secret">What deliveries are verified by; left out, the one there is stays, or one is made.</param>
/// <param name="Anew">Whether what was handed over before counts no more; a webhook gets a new address.</param>
public sealed record SwitchOnRequest(Secret? Secret, bool? Anew);
