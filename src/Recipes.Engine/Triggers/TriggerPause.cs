namespace Recipes.Engine;

/// <summary>What keeps a trigger that is on from starting runs.</summary>
public enum TriggerPauseReason
{
    /// <summary>A connection is missing, broken or being checked. It goes on from its cursor once that is healed.</summary>
    Connection,
    /// <summary>The recipe is gone or has faults.</summary>
    Recipe,
    /// <summary>The recipe begins with another trigger than the one that was switched on.</summary>
    Changed,
    /// <summary>Who switched it on may not do so any more.</summary>
    Person,
    /// <summary>The recipe does not take what it brought.</summary>
    Input,
}

/// <param name="Message">What is wrong and where it is put right.</param>
/// <param name="Since">When it was first seen.</param>
/// <param name="AuthorizePath">Path of the page on this host where a connection can be authorised; null when that would not help.</param>
public sealed record TriggerPause(TriggerPauseReason Reason, string Message, DateTimeOffset Since, string? AuthorizePath = null);
