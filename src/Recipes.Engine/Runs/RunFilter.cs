using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Narrows a list of runs; null means any.</summary>
/// <param name="Before">Only runs with an id before this one, for paging: ids are in order of time.</param>
/// <param name="Caller">Only runs of which this user is the caller or the runtime user.</param>
/// <param name="Connection">Only runs that this connection was bound to, among the tenant's last few thousand, of that status where one is given.</param>
public sealed record RunFilter(string? Recipe = null, RunStatus? Status = null, UserId? Caller = null, RunId? Before = null, int Most = 50, ConnectionId? Connection = null);
