using Microsoft.AspNetCore.Http;

namespace Recipes.Web;

/// <summary>Finds what a person wants to connect, and whether they may.</summary>
internal sealed class ConnectTargets(IConnectionStore store, IConnectorProfiles connectors, ConnectionSetup setup)
{
    /// <returns>The model, or the page that says why there is none.</returns>
    public async Task<(ConnectModel? Model, IResult? Error)> FindAsync(Caller caller, string key, string? connectionId, string? owner, CancellationToken cancellationToken)
    {
        if (!StableKey.TryParse(key, out var parsed) || await store.FindDefinitionAsync(caller.Tenant, parsed, cancellationToken) is not { } definition)
            return Error(404, "There is no such connection definition", "The address is wrong, or an operator has to set it up first.");
        if (connectors.Find(definition.Connector) is not { } connector || connector.FindScheme(definition.Scheme) is not { } scheme)
            return Error(409, $"{definition.DisplayName} cannot be connected now", $"Its connector '{definition.Connector}' is not loaded. An operator has to put its file back.");

        Connection? named = null;
        if (!string.IsNullOrEmpty(connectionId))
        {
            named = Guid.TryParse(connectionId, out var id) ? await setup.FindAsync(caller, new(id), cancellationToken) : null;
            if (named is null || named.DefinitionId != definition.Id)
                return Error(404, "There is no such connection", "The address is wrong, or the connection belongs to somebody else.");
        }

        var forOrganisation = string.Equals(owner, "organisation", StringComparison.Ordinal);
        if (named is null && (!caller.Has(Privileges.CreateConnections) || (forOrganisation && !caller.Has(Privileges.ManageConnections))))
            return Error(403, "This is not permitted", forOrganisation ? "Connecting an account for the organisation takes the privilege to manage connections." : "Your account may not create connections.");

        var whose = named?.Owner ?? (forOrganisation ? Owner.Organisation : Owner.Of(caller.User));
        var siblings = named is null ? await store.ListAsync(caller.Tenant, new ConnectionFilter(definition.Id, whose), cancellationToken) : [];
        // What was begun and never finished, or has to be done again, is taken up instead of adding one more.
        var unfinished = siblings.FirstOrDefault(c => c.State is ConnectionState.ReauthorizationRequired) ?? siblings.FirstOrDefault(c => c.State is ConnectionState.Pending or ConnectionState.Disconnected);
        var connection = named ?? unfinished;
        return (new ConnectModel
        {
            Definition = definition,
            Connector = connector,
            Scheme = scheme,
            Owner = whose,
            Caller = caller,
            Connection = connection,
            IsNamed = named is not null,
            Connected = [.. siblings.Where(c => c.State is ConnectionState.Connected or ConnectionState.Suspect)],
            Values = connection?.Record.Fields ?? new Dictionary<string, string>(),
        }, null);
    }

    private static (ConnectModel?, IResult?) Error(int status, string title, string detail) =>
        (null, Page.Of<ErrorPage>(new() { ["Title"] = title, ["Detail"] = detail }, status));
}
