using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class IncidentRow
{
    public Guid Id { get; init; }
    public required string Tenant { get; init; }
    public required string Provider { get; init; }
    public Guid DefinitionId { get; init; }
    public DateTimeOffset OpenedAt { get; init; }
    public int Tries { get; init; }
    public DateTimeOffset NextTryAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public string? Outcome { get; init; }

    /// <summary>As of closing; 0 while it is open.</summary>
    public int Affected { get; init; }
    public long Version { get; init; }

    public static IncidentRow Of(Incident incident) => new()
    {
        Id = incident.Id,
        Tenant = incident.Tenant.Value,
        Provider = incident.Provider.ToString(),
        DefinitionId = incident.Definition.Value,
        OpenedAt = incident.OpenedAt,
        Tries = incident.Tries,
        NextTryAt = incident.NextTryAt,
        ClosedAt = incident.ClosedAt,
        Outcome = incident.Outcome?.ToString(),
        Affected = incident.Affected,
        Version = incident.Version,
    };

    public Incident ToIncident(int? affected = null) => new()
    {
        Id = Id,
        Tenant = TenantId.Parse(Tenant),
        Provider = Connections.Provider.Parse(Provider),
        Definition = new(DefinitionId),
        OpenedAt = OpenedAt,
        Tries = Tries,
        NextTryAt = NextTryAt,
        ClosedAt = ClosedAt,
        Outcome = Outcome is null ? null : Enum.Parse<IncidentOutcome>(Outcome),
        Affected = affected ?? Affected,
        Version = Version,
    };
}
