namespace Recipes.Connections;

/// <summary>The one table of legal moves between <see cref="ConnectionState"/>s.</summary>
public static class ConnectionStates
{
    private static readonly Dictionary<ConnectionState, ConnectionState[]> s_moves = new()
    {
        [ConnectionState.Pending] = [ConnectionState.Connected, ConnectionState.Disconnected],
        [ConnectionState.Connected] = [ConnectionState.Connected, ConnectionState.Suspect, ConnectionState.ReauthorizationRequired, ConnectionState.Disconnected],
        [ConnectionState.Suspect] = [ConnectionState.Connected, ConnectionState.ReauthorizationRequired, ConnectionState.Disconnected],
        [ConnectionState.ReauthorizationRequired] = [ConnectionState.Connected, ConnectionState.Disconnected],
        [ConnectionState.Disconnected] = [ConnectionState.Connected],
    };

    public static bool Allows(ConnectionState from, ConnectionState to) => s_moves[from].Contains(to);
}
