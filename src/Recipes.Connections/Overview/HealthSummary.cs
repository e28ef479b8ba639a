namespace Recipes.Connections;

/// <summary>The health of all connections that somebody may see.</summary>
/// <param name="Attention">How many connections need what; those that need nothing are left out.</param>
/// <param name="MayChangeClients">Whether who asks may put rejected clients right.</param>
public sealed record HealthSummary(IReadOnlyList<DefinitionHealth> Definitions, IReadOnlyDictionary<Attention, int> Attention, bool MayChangeClients)
{
    /// <summary>Open incidents, oldest first; nothing for who may not manage connections.</summary>
    public IReadOnlyList<Incident> Incidents { get; init; } = [];

    /// <summary>Definitions whose OAuth client is rejected.</summary>
    public IEnumerable<DefinitionHealth> RejectedClients => Definitions.Where(d => d.Definition.ClientFailure is not null);

    /// <summary>How many things need who asks.</summary>
    public int Urgent => Attentions.Urgent.Sum(a => Attention.GetValueOrDefault(a)) + (MayChangeClients ? RejectedClients.Count() : 0);
}

/// <param name="Healths">How many of its connections have which health; those that none has are left out.</param>
public sealed record DefinitionHealth(ConnectionDefinition Definition, IReadOnlyDictionary<Health, int> Healths)
{
    public int Connections => Healths.Values.Sum();

    /// <summary>How many of them work on an OAuth client that is rejected: those that are not disconnected.</summary>
    public int Connected => Connections - Healths.GetValueOrDefault(Health.Grey);
}

/// <summary>The kinds of attention in the order in which they are dealt with.</summary>
public static class Attentions
{
    /// <summary>Those that need a person.</summary>
    public static IReadOnlyList<Attention> Urgent { get; } = [Attention.Reauthorise, Attention.Permissions, Attention.Address, Attention.ExpiresSoon, Attention.Limited];

    /// <summary>Those that need nobody.</summary>
    public static IReadOnlyList<Attention> Passing { get; } = [Attention.ProviderIncident, Attention.BeingChecked, Attention.TriedAgain];
}
