namespace Recipes.Connections;

/// <summary>Whether the provider knows that a grant is no longer wanted.</summary>
public abstract record RevocationOutcome
{
    private RevocationOutcome() { }

    /// <summary>There was nothing to give back, or the connector declares no way to.</summary>
    public sealed record NotPossible : RevocationOutcome;

    /// <summary>The provider took it.</summary>
    public sealed record Revoked(string RequestLine) : RevocationOutcome;

    /// <summary>The provider did not take it, or could not be asked: the grant may live on there.</summary>
    public sealed record Failed(Failure Failure, string? RequestLine) : RevocationOutcome;
}
