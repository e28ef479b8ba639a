namespace Recipes.Connections;

/// <summary>A provider that refuses the credentials of many accounts at once: while it is open, no refusal there is a verdict.</summary>
public sealed record Incident
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required Provider Provider { get; init; }

    /// <summary>The definition of the connection at which it was noticed; others may be hit as well.</summary>
    public required ConnectionDefinitionId Definition { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>How often it was tried whether it is over.</summary>
    public int Tries { get; init; }

    /// <summary>When that is tried next.</summary>
    public required DateTimeOffset NextTryAt { get; init; }

    /// <summary>Null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>How it ended; null while it is open.</summary>
    public IncidentOutcome? Outcome { get; init; }

    /// <summary>How many connections it holds, counted when it is read; once it is closed, how many it held then.</summary>
    public int Affected { get; init; }

    /// <summary>Counts changes, for compare-and-set.</summary>
    public long Version { get; init; } = 1;

    /// <summary>What is told of it.</summary>
    internal Alert Tell(DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(at),
        Tenant = Tenant,
        Definition = Definition,
        Kind = ClosedAt is null ? AlertKind.IncidentOpened : AlertKind.IncidentClosed,
        At = at,
        Incident = new(Id, Provider.Connector, Provider.Host, OpenedAt, Affected, Outcome),
    };
}

/// <summary>How an incident ended.</summary>
public enum IncidentOutcome
{
    /// <summary>The provider accepts again what it had refused: the rest is checked anew, and a further refusal is an ordinary one.</summary>
    Cleared,

    /// <summary>Meanwhile it accepted so many others that those refusals were no more than usual: they stand, each for itself.</summary>
    Stood,

    /// <summary>It refused for so long that it is no outage: the refusals stand, and one alert told of all.</summary>
    Expired,
}
