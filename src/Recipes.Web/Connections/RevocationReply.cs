namespace Recipes.Web;

/// <summary>Whether the provider knows that the grant is no longer wanted.</summary>
public enum RevocationStatus
{
    /// <summary>There was nothing to give back, or the provider has no way to.</summary>
    NotPossible,
    Revoked,
    /// <summary>It may live on there: end it in the app itself.</summary>
    Failed,
}

/// <param name="Failure">Why it could not be given back; left out otherwise.</param>
public sealed record RevocationReply(RevocationStatus Status, FailureReply? Failure)
{
    public static RevocationReply Of(RevocationOutcome outcome) => outcome switch
    {
        RevocationOutcome.NotPossible => new(RevocationStatus.NotPossible, null),
        RevocationOutcome.Revoked => new(RevocationStatus.Revoked, null),
        RevocationOutcome.Failed failed => new(RevocationStatus.Failed, FailureReply.Of(failed.Failure)),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome.GetType().Name}."),
    };
}

/// <summary>A connection that was disconnected.</summary>
public sealed record DisconnectReply(ConnectionView Connection, RevocationReply Revocation);
