namespace Recipes.Connections;

/// <summary>One thing that somebody has to know of a connection, of a definition's OAuth client, or of a provider. Stored with the change that it tells of, so that none is lost and none comes twice.</summary>
public sealed record Alert
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required ConnectionDefinitionId Definition { get; init; }

    /// <summary>Null when it tells of the definition's OAuth client, or of an incident.</summary>
    public ConnectionId? Connection { get; init; }
    public required AlertKind Kind { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>What went wrong; null unless something was lost.</summary>
    public Failure? Failure { get; init; }

    /// <summary>When the access ends; null unless it expires soon.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Until when nobody is told, because it may be taken back; null tells at once.</summary>
    public DateTimeOffset? TellFrom { get; init; }

    /// <summary>The incident as it was then; null when it tells of none.</summary>
    public NoticedIncident? Incident { get; init; }
}
