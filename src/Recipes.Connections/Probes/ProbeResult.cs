namespace Recipes.Connections;

/// <summary>What a test of a connection showed.</summary>
public abstract record ProbeResult
{
    private ProbeResult() { }

    /// <summary>Whether what it showed stands with the connection; false when the store failed.</summary>
    internal bool IsRecorded { get; init; } = true;

    public sealed record Passed(string? AccountLabel, string RequestLine) : ProbeResult;

    public sealed record Failed(Failure Failure, string? RequestLine) : ProbeResult;

    /// <summary>Nothing was sent, and why.</summary>
    public sealed record NotPossible(string Reason) : ProbeResult;
}
