namespace Recipes.Connections;

/// <summary>What came of a consent that was given.</summary>
internal abstract record ConsentResult
{
    private ConsentResult() { }

    public sealed record Connected : ConsentResult;

    /// <summary>The connection is as it was.</summary>
    public sealed record Failed(Failure Failure) : ConsentResult;

    /// <summary>Another account consented. The connection is as it was.</summary>
    public sealed record OtherAccount(Failure Failure) : ConsentResult;

    /// <summary>Why it is not connected now; null when it is.</summary>
    public Failure? WhyNot => this switch { Failed failed => failed.Failure, OtherAccount other => other.Failure, _ => null };
}
