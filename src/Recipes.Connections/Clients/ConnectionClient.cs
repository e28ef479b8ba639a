namespace Recipes.Connections;

/// <summary>Sends requests as one connection: the request needs no credential and its sender sees none.</summary>
/// <remarks>One per connection and process, shared by all runs; thread-safe.</remarks>
public abstract class ConnectionClient
{
    public abstract ConnectionId Id { get; }

    /// <summary>Where relative addresses start, with a slash at the end.</summary>
    public abstract Uri BaseAddress { get; }

    /// <summary>Plain fields of the connection, presets included; templates may read them.</summary>
    public abstract IReadOnlyDictionary<string, string> Fields { get; }

    /// <summary>Sends a request: refreshes first if due, refreshes and retries once on 401, classifies and records what came of it.</summary>
    /// <param name="request">With an absolute address, or one relative to <see cref="BaseAddress"/>.</param>
    /// <param name="action">Type of the action that sends it, for limitations.</param>
    /// <remarks>Credentials go only to the connection's own origin: an absolute address elsewhere is refused.</remarks>
    public abstract ValueTask<ConnectionReply> SendAsync(HttpRequestMessage request, string action, CancellationToken cancellationToken);
}

/// <summary>Hands out clients.</summary>
public interface IConnectionClients
{
    /// <summary>The client of a connection that a run was bound to. Cheap after the first time.</summary>
    /// <exception cref="KeyNotFoundException">When there is no such connection.</exception>
    ValueTask<ConnectionClient> GetAsync(ConnectionId id, CancellationToken cancellationToken);
}
