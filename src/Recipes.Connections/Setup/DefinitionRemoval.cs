using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>A definition that was removed, and what became of the grants of its connections.</summary>
public sealed record RemovedDefinition(ConnectionDefinition Definition, IReadOnlyList<Disconnection> Connections);

/// <summary>Removes connection definitions, with their connections.</summary>
public sealed partial class DefinitionRemoval
{
    private readonly IConnectionStore _store;
    private readonly ConnectionSetup _connections;
    private readonly IConnectionUses _uses;
    private readonly LiveConnections _live;
    private readonly ILogger<DefinitionRemoval> _log;

    internal DefinitionRemoval(IConnectionStore store, ConnectionSetup connections, IConnectionUses uses, LiveConnections live, ILogger<DefinitionRemoval> log) =>
        (_store, _connections, _uses, _live, _log) = (store, connections, uses, live, log);

    /// <summary>Removes a definition for good. While recipes name it or accounts are connected under it, only when forced: then its connections are disconnected first, and the recipes say what they lack.</summary>
    public async Task<SetupResult<RemovedDefinition>> RemoveAsync(Caller caller, string key, bool force, CancellationToken cancellationToken)
    {
        if (!caller.Has(Privileges.ManageDefinitions))
            return new SetupResult<RemovedDefinition>.Forbidden("Removing a connection definition takes the privilege to manage definitions.");
        var given = new List<Disconnection>();
        while (true)
        {
            if (!StableKey.TryParse(key, out var parsed) || await _store.FindDefinitionAsync(caller.Tenant, parsed, cancellationToken) is not { } definition)
                return new SetupResult<RemovedDefinition>.NotFound($"There is no connection definition '{key}'.");
            var connections = await _store.ListAsync(caller.Tenant, new ConnectionFilter(definition.Id), cancellationToken);
            if (connections.Any(c => !caller.MayManage(c)))
                return new SetupResult<RemovedDefinition>.Forbidden($"There are connections under '{parsed}' that you may not manage: removing them takes the privilege to manage connections.");
            var uses = await _uses.FindAsync(definition, null, cancellationToken);
            var connected = connections.Count(c => c.State is not (ConnectionState.Pending or ConnectionState.Disconnected));
            if (!force && (uses.IsInUse || connected > 0))
            {
                string[] parts = [.. connected == 0 ? [] : new[] { connected == 1 ? "1 connected account" : $"{connected} connected accounts" }, .. uses.IsInUse ? [uses.Summary] : Array.Empty<string>()];
                return new SetupResult<RemovedDefinition>.InUse($"The connection definition '{parsed}' is in use by {string.Join(" and ", parts)}.", uses);
            }

            foreach (var connection in connections)
            {
                if (await _connections.DisconnectAsync(caller, connection.Id, cancellationToken) is SetupResult<Disconnection>.Done { Value: { Revocation: not RevocationOutcome.NotPossible } done })
                    given.Add(done);
            }

            // Changed, or connected under, meanwhile: then what is there now is looked at.
            if (!await _store.TryRemoveAsync(definition, cancellationToken))
                continue;
            _live.Changed(definition.Id);
            LogRemoved(_log, definition.Key, caller.User);
            return new SetupResult<RemovedDefinition>.Done(new(definition, given));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection definition {Key} was removed by {User}")]
    private static partial void LogRemoved(ILogger logger, StableKey key, UserId user);
}
