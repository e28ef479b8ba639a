namespace Recipes.Connections;

/// <summary>What a caller sees of many connections at once: all of the tenant with the privilege to manage connections, else their own.</summary>
public sealed class ConnectionOverview(IConnectionSearch search, IConnectionStore store, IConnectorProfiles connectors, IIncidentStore incidents)
{
    /// <summary>One page of a list, as <see cref="IConnectionSearch.FindAsync"/>; the text is looked for in the words of definitions and apps as well.</summary>
    /// <param name="query">Its <see cref="ConnectionQuery.TextDefinitions"/> are set here, and its <see cref="ConnectionQuery.Owner"/> for who sees only their own.</param>
    public Task<FoundConnections> FindAsync(Caller caller, ConnectionQuery query, IReadOnlyList<ConnectionDefinition> definitions, int skip, int most, CancellationToken cancellationToken) =>
        search.FindAsync(caller.Tenant, Complete(caller, query, definitions), skip, most, cancellationToken);

    /// <summary>How many of those that fit have which health, whatever the query says of health and attention.</summary>
    public Task<IReadOnlyDictionary<Health, int>> CountAsync(Caller caller, ConnectionQuery query, IReadOnlyList<ConnectionDefinition> definitions, CancellationToken cancellationToken) =>
        search.CountAsync(caller.Tenant, Complete(caller, query, definitions), cancellationToken);

    private ConnectionQuery Complete(Caller caller, ConnectionQuery query, IReadOnlyList<ConnectionDefinition> definitions)
    {
        var named = query.Text is { } text
            ? definitions.Where(d => ((string?[])[d.DisplayName, d.Key.Value, d.Connector, connectors.Find(d.Connector)?.DisplayName]).Any(w => w?.Contains(text, StringComparison.OrdinalIgnoreCase) is true)).Select(d => d.Id).ToArray()
            : [];
        return query with { Owner = OwnerFor(caller) ?? query.Owner, TextDefinitions = named };
    }

    /// <summary>Everything that needs somebody, sorted by how much, and what every definition looks like.</summary>
    public async Task<HealthSummary> SummariseAsync(Caller caller, CancellationToken cancellationToken)
    {
        var counts = await search.CountAsync(caller.Tenant, OwnerFor(caller), cancellationToken);
        var byDefinition = counts.ToLookup(c => c.Definition);
        var definitions = new List<DefinitionHealth>();
        foreach (var definition in await store.ListDefinitionsAsync(caller.Tenant, cancellationToken))
        {
            var own = byDefinition[definition.Id].ToArray();
            // Others learn of a definition through the connections they have under it.
            if (own.Length > 0 || caller.Has(Privileges.ManageDefinitions))
                definitions.Add(new(definition, own.GroupBy(c => c.Health).ToDictionary(g => g.Key, g => g.Sum(c => c.Count))));
        }

        return new(definitions, counts.Where(c => c.Attention != Attention.None).GroupBy(c => c.Attention).ToDictionary(g => g.Key, g => g.Sum(c => c.Count)), caller.Has(Privileges.ManageDefinitions))
        {
            Incidents = caller.Has(Privileges.ManageConnections) ? await incidents.ListOpenAsync(caller.Tenant, cancellationToken) : [],
        };
    }

    /// <summary>How many things need this caller: connections, and rejected clients of definitions that they may put right.</summary>
    public async Task<int> CountUrgentAsync(Caller caller, CancellationToken cancellationToken) =>
        await search.CountUrgentAsync(caller.Tenant, OwnerFor(caller), cancellationToken)
        + (caller.Has(Privileges.ManageDefinitions) ? await search.CountRejectedClientsAsync(caller.Tenant, cancellationToken) : 0);

    private static Owner? OwnerFor(Caller caller) => caller.Has(Privileges.ManageConnections) ? null : Owner.Of(caller.User);
}
