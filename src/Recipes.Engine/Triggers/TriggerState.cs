using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>A recipe's trigger in one tenant, as it is stored: on or off, and how far it is.</summary>
public sealed record TriggerState
{
    public required TriggerId Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required string Recipe { get; init; }

    /// <summary>Id of the activity that was switched on.</summary>
    public required string Activity { get; init; }

    /// <summary>Its type.</summary>
    public required string Type { get; init; }

    /// <summary>Its stable key; null where it uses no connection.</summary>
    public StableKey? Key { get; init; }

    public required bool IsOn { get; init; }

    /// <summary>Who switched it on last: its runs are theirs.</summary>
    public required UserId By { get; init; }

    /// <summary>When it was switched on or off last.</summary>
    public required DateTimeOffset SwitchedAt { get; init; }

    /// <summary>How far it is, JSON: everything before it was handed over. Null before the first time.</summary>
    public string? Cursor { get; init; }

    /// <summary>When it is looked at next; null when nothing is to be done.</summary>
    public DateTimeOffset? NextAt { get; init; }
    public TriggerResult? LastResult { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }
    public TriggerPause? Pause { get; init; }

    /// <summary>The connection whose healing ends the pause; null when it waits for none.</summary>
    public ConnectionId? WaitsFor { get; init; }
    public HookRegistration? Registration { get; init; }

    /// <summary>SHA-256 of the part of the webhook's address that nobody can guess; null where it has no address.</summary>
    public byte[]? PathHash { get; init; }

    /// <summary>That part, sealed.</summary>
    public byte[]? SealedPath { get; init; }

    /// <summary>What deliveries are verified by, sealed.</summary>
    public byte[]? SealedSecret { get; init; }

    /// <summary>Counts up with each write.</summary>
    public long Version { get; init; }
}
