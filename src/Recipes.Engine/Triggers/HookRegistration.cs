using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>How a webhook is registered at its app, and what is needed to take that back.</summary>
/// <param name="Connection">The connection that it was registered through.</param>
/// <param name="Id">The app's own id of it; null where it has none.</param>
/// <param name="Data">What the connector needs besides, JSON.</param>
/// <param name="Inputs">What it was registered with, JSON: with others it is registered anew.</param>
/// <param name="ExpiresAt">When it ends by itself; null when never.</param>
public sealed record HookRegistration(ConnectionId Connection, string? Id, string Data, string Inputs, DateTimeOffset At, DateTimeOffset? ExpiresAt);
