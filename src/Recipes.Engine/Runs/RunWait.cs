using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>What a run that has not ended waits for.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Until">When it goes on by itself, at the earliest; null where that hangs on something else.</param>
/// <param name="Connection">The connection that has to heal first; null when it waits for none.</param>
/// <param name="Connector">Whose it is.</param>
public sealed record RunWait(DateTimeOffset Since, DateTimeOffset? Until, ConnectionId? Connection = null, string? Connector = null);
