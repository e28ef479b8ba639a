namespace Recipes.Connections;

/// <summary>What came of one try to deliver an alert.</summary>
public abstract record AlertOutcome
{
    private AlertOutcome() { }

    public sealed record Delivered : AlertOutcome;

    /// <summary>It may work later.</summary>
    /// <param name="Error">Why, without secrets.</param>
    /// <param name="NoAnswer">Whether the target did not answer at all, so that trying it with another alert is as good as useless now.</param>
    /// <param name="NotBefore">When the target wants to be tried again; null when it did not say.</param>
    public sealed record TryLater(string Error, bool NoAnswer = false, DateTimeOffset? NotBefore = null) : AlertOutcome;

    /// <summary>The target does not want it, now or ever.</summary>
    public sealed record Refused(string Error) : AlertOutcome;
}
