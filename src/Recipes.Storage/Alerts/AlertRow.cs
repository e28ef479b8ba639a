using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class AlertRow
{
    /// <summary>Counts up in the order of storing; what happened to one connection was stored in the order in which it happened, whatever the clocks of the nodes said.</summary>
    public long Number { get; init; }
    public Guid Id { get; init; }
    public required string Tenant { get; init; }
    public Guid DefinitionId { get; init; }
    public Guid? ConnectionId { get; init; }

    /// <summary>Whose alerts are sent in their order: the connection's, the incident's, or the definition's where it tells of its OAuth client.</summary>
    public Guid SubjectId { get; init; }
    public required string Kind { get; init; }
    public DateTimeOffset At { get; init; }
    public string? Failure { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? TellFrom { get; init; }
    public string? Incident { get; init; }

    /// <summary>Whether it is decided whom it goes to.</summary>
    public bool IsAddressed { get; init; }

    public static AlertRow Of(Alert alert) => new()
    {
        Id = alert.Id,
        Tenant = alert.Tenant.Value,
        DefinitionId = alert.Definition.Value,
        ConnectionId = alert.Connection?.Value,
        SubjectId = alert.Connection?.Value ?? alert.Incident?.Id ?? alert.Definition.Value,
        Kind = alert.Kind.ToString(),
        At = alert.At,
        Failure = StoredJson.Write(alert.Failure),
        ExpiresAt = alert.ExpiresAt,
        TellFrom = alert.TellFrom,
        Incident = StoredJson.Write(alert.Incident),
    };

    public Alert ToAlert() => new()
    {
        Id = Id,
        Tenant = TenantId.Parse(Tenant),
        Definition = new(DefinitionId),
        Connection = ConnectionId is { } id ? new(id) : null,
        Kind = Enum.Parse<AlertKind>(Kind),
        At = At,
        Failure = StoredJson.ReadFailure(Failure),
        ExpiresAt = ExpiresAt,
        TellFrom = TellFrom,
        Incident = StoredJson.ReadIncident(Incident),
    };
}
