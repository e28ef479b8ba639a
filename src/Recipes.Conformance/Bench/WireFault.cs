namespace Recipes.Conformance;

/// <summary>A request that is not as the connector declares it.</summary>
internal sealed record WireFault(string Expected, string Seen, string Mend);
