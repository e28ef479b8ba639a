namespace Recipes.Connections;

/// <summary>Looks through many connections at once, for people: as quick with ten thousand as with ten.</summary>
public interface IConnectionSearch
{
    /// <summary>One page of a list. Of one kind of attention the newest trouble comes first; else what is broken, and then by name of definition and connection.</summary>
    /// <param name="skip">0 or more.</param>
    /// <param name="most">1 to 200.</param>
    Task<FoundConnections> FindAsync(TenantId tenant, ConnectionQuery query, int skip, int most, CancellationToken cancellationToken);

    /// <summary>How many connections that fit have which health, whatever the query says of health and attention; those that none has are left out.</summary>
    Task<IReadOnlyDictionary<Health, int>> CountAsync(TenantId tenant, ConnectionQuery query, CancellationToken cancellationToken);

    /// <summary>How many connections of each definition have which health and need what.</summary>
    /// <param name="owner">Null counts everybody's.</param>
    Task<IReadOnlyList<HealthCount>> CountAsync(TenantId tenant, Owner? owner, CancellationToken cancellationToken);

    /// <summary>How many connections need a person.</summary>
    /// <param name="owner">Null counts everybody's.</param>
    Task<int> CountUrgentAsync(TenantId tenant, Owner? owner, CancellationToken cancellationToken);

    /// <summary>How many definitions have an OAuth client that is rejected.</summary>
    Task<int> CountRejectedClientsAsync(TenantId tenant, CancellationToken cancellationToken);
}

/// <summary>Narrows a list of connections that people look at; null means any.</summary>
public sealed record ConnectionQuery
{
    public ConnectionDefinitionId? Definition { get; init; }

    /// <summary>Any of these, such as those of one connector.</summary>
    public IReadOnlyList<ConnectionDefinitionId>? Definitions { get; init; }
    public Owner? Owner { get; init; }
    public OwnerKind? OwnerKind { get; init; }
    public Health? Health { get; init; }
    public Attention? Attention { get; init; }

    /// <summary>A text that name, account or owner contains; upper and lower case are the same.</summary>
    public string? Text { get; init; }

    /// <summary>Definitions that have <see cref="Text"/> in their own name: all their connections fit.</summary>
    public IReadOnlyList<ConnectionDefinitionId> TextDefinitions { get; init; } = [];
}

/// <param name="Total">How many there are on all pages.</param>
/// <param name="AmongSeveral">Those whose owner has others under the definition.</param>
public sealed record FoundConnections(IReadOnlyList<Connection> Connections, int Total, IReadOnlySet<ConnectionId> AmongSeveral);

public sealed record HealthCount(ConnectionDefinitionId Definition, Health Health, Attention Attention, int Count);
