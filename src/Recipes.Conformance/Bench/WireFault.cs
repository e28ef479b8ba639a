namespace Recipes.Conformance;

/// <summary>A request that is not as the connector declares it.</summary>
internal sealed record WireFault(string Expected, string Seen, string Mend)
{
    /// <summary>The request; null means the last one.</summary>
    public string? Sent { get; init; }
}
