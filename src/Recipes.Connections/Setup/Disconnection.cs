namespace Recipes.Connections;

/// <summary>A connection that was disconnected, and whether the provider knows.</summary>
public sealed record Disconnection(Connection Connection, RevocationOutcome Revocation);
