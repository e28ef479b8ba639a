namespace Recipes.Web;

/// <summary>What needs somebody, what needs nobody, and what every definition looks like.</summary>
/// <param name="Groups">The kinds of attention that there are, the most pressing first.</param>
public sealed record HealthOverview(Caller Caller, HealthSummary Summary, IReadOnlyList<HealthGroup> Groups, IConnectorProfiles Connectors)
{
    public IEnumerable<HealthGroup> Urgent => Groups.Where(g => Attentions.Urgent.Contains(g.Attention));

    public IEnumerable<HealthGroup> Passing => Groups.Where(g => Attentions.Passing.Contains(g.Attention));

    public bool IsEmpty => Summary.Definitions.All(d => d.Connections == 0);

    public string AppOf(ConnectionDefinition definition) => AppOf(definition.Connector);

    public string AppOf(string connector) => Connectors.Find(connector)?.DisplayName ?? connector;

    /// <param name="most">How many connections of each kind are read.</param>
    internal static async Task<HealthOverview> ReadAsync(Caller caller, ConnectionOverview overview, IConnectorProfiles connectors, NextChecks checks, int most, CancellationToken cancellationToken)
    {
        var summary = await overview.SummariseAsync(caller, cancellationToken);
        var definitions = summary.Definitions.Select(d => d.Definition).ToDictionary(d => d.Id);
        var groups = new List<HealthGroup>();
        foreach (var attention in Attentions.Urgent.Concat(Attentions.Passing).Where(a => summary.Attention.GetValueOrDefault(a) > 0))
        {
            var found = await overview.FindAsync(caller, new() { Attention = attention }, [], 0, most, cancellationToken);
            // What was healed since it was counted is not shown.
            if (found.Total == 0)
                continue;
            groups.Add(new(attention, found.Total, [.. found.Connections.Where(c => definitions.ContainsKey(c.DefinitionId)).Select(c => (c, definitions[c.DefinitionId]))])
            {
                NextChecks = await checks.ListAsync(found.Connections, cancellationToken),
            });
        }

        return new(caller, summary, groups, connectors);
    }
}

/// <summary>Connections that need the same.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Newest">Those whose trouble came last.</param>
public sealed record HealthGroup(Attention Attention, int Count, IReadOnlyList<(Connection Connection, ConnectionDefinition Definition)> Newest)
{
    /// <summary>When they are checked again without anybody asking, as far as that is known.</summary>
    public IReadOnlyDictionary<ConnectionId, DateTimeOffset> NextChecks { get; init; } = new Dictionary<ConnectionId, DateTimeOffset>();

    public DateTimeOffset? NextCheckOf(Connection connection) => NextChecks.TryGetValue(connection.Id, out var at) ? at : null;
}
