using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>What came of switching a trigger.</summary>
public abstract record SwitchResult
{
    private SwitchResult() { }

    /// <param name="NewSecret">A secret that was made just now and that the sender has to be given: it is told this once. Null when there is none.</param>
    public sealed record Done(TriggerState Trigger, Secret? NewSecret = null) : SwitchResult;

    public sealed record NotFound(string Reason) : SwitchResult;

    public sealed record Forbidden(string Reason) : SwitchResult;

    /// <summary>Connections are missing; all of them are listed.</summary>
    public sealed record Incomplete(IReadOnlyList<MissingConnection> Missing) : SwitchResult;

    public sealed record Invalid(string Path, string Message) : SwitchResult;

    /// <summary>It does not fit what is there.</summary>
    public sealed record Conflict(string Reason) : SwitchResult;
}
