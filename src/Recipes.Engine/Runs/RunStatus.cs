namespace Recipes.Engine;

/// <summary>Where a run stands.</summary>
public enum RunStatus
{
    /// <summary>Accepted and not ended yet; it goes on by itself.</summary>
    Running,

    /// <summary>Accepted; it begins when there is room for it.</summary>
    Queued,

    /// <summary>It goes on at a time: a Delay, or an app that asked to be left alone for a while.</summary>
    Waiting,

    /// <summary>A step's connection cannot be used; it goes on at that step when the connection has healed.</summary>
    Held,
    Completed,
    Faulted,

    /// <summary>Ended in doubt: nobody knows whether the app did what a step asked for. Somebody has to look there.</summary>
    Flagged,

    /// <summary>Not started: a connection was missing or not permitted.</summary>
    Refused,

    /// <summary>Ended by a person.</summary>
    Cancelled,
}
