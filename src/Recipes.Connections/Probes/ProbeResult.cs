namespace Recipes.Connections;

/// <summary>What a test of a connection showed.</summary>
public abstract record ProbeResult
{
    private ProbeResult() { }

    public sealed record Passed(string? AccountLabel, string RequestLine) : ProbeResult;

    public sealed record Failed(Failure Failure, string? RequestLine) : ProbeResult;

    /// <summary>Nothing was sent, and why.</summary>
    public sealed record NotPossible(string Reason) : ProbeResult;
}
