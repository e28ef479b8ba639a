using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Puts into words what an alert tells, with what is known of its connection now: one that was deleted meanwhile is told of all the same.</summary>
internal sealed class AlertNotices(IConnectionStore store, IAlertPages pages)
{
    public async Task<AlertNotice> OfAsync(Alert alert, CancellationToken cancellationToken)
    {
        var definition = await store.FindDefinitionAsync(alert.Definition, cancellationToken);
        var connection = alert.Connection is { } id ? await store.FindAsync(id, cancellationToken) : null;
        return new()
        {
            Type = AlertType.Of(alert),
            Id = alert.Id,
            At = alert.At,
            Tenant = alert.Tenant.Value,
            Definition = new(alert.Definition.Value, definition?.Key.Value, definition?.DisplayName),
            Connection = alert.Connection is { } subject ? Of(subject, connection) : null,
            Failure = alert.Failure is { } failure ? new(JsonNamingPolicy.CamelCase.ConvertName(failure.Kind.ToString()), failure.Message, failure.Status, failure.ProviderCode, failure.ProviderWords) : null,
            ExpiresAt = alert.ExpiresAt,
            Incident = alert.Incident,
            Guidance = alert.Connection is not null && connection is null ? "Nothing to do: the connection was deleted meanwhile." : GuidanceFor(alert),
            Page = alert.Incident is not null ? pages.Health : connection is not null ? pages.Of(connection.Id) : alert.Connection is null && definition is not null ? pages.Of(definition) : null,
        };
    }

    /// <summary>What a test says.</summary>
    public AlertNotice Test(TenantId tenant, DateTimeOffset at) => new()
    {
        Type = AlertType.Test,
        Id = Guid.CreateVersion7(at),
        At = at,
        Tenant = tenant.Value,
        Guidance = "Nothing to do: somebody tried whether alerts arrive here.",
        Page = pages.Alerts,
    };

    private static NoticedConnection Of(ConnectionId id, Connection? connection) => connection is null
        ? new(id.Value, null, null, null, null)
        : new(id.Value, connection.Record.DisplayName, JsonNamingPolicy.CamelCase.ConvertName(connection.Owner.Kind.ToString()), connection.Owner.Id, connection.Record.AccountLabel);

    private static string GuidanceFor(Alert alert) => AlertType.Of(alert) switch
    {
        AlertType.Lost => alert.Failure is { } failure ? Guidance.For(failure) : "Test the connection, and authorise it again if that fails.",
        AlertType.Recovered => "Nothing to do: it works again.",
        AlertType.ExpiringSoon => "Authorise the connection again before then: it cannot be renewed without a person. Until then it goes on working.",
        AlertType.IncidentOpened => $"Nothing to do for now: {alert.Incident!.Host} refuses many accounts at once that it had accepted, which looks like trouble of its own. No connection is called lost for that, their credentials are kept, and a few are tried now and then until it is over. Read the provider's status page.",
        AlertType.IncidentClosed => alert.Incident!.Outcome switch
        {
            IncidentOutcome.Cleared => $"Nothing to do: {alert.Incident.Host} accepts accounts again. The {alert.Incident.Connections} connections are checked one after the other; those that were really revoked meanwhile are told of one by one.",
            IncidentOutcome.Stood => $"{alert.Incident.Host} accepts others as usual: the {alert.Incident.Connections} connections are checked once more, and those that are refused again are told of one by one.",
            _ => $"{alert.Incident.Host} has refused {alert.Incident.Connections} connections for so long that it is no outage: the OAuth client, the app or its consents may have been revoked. Those that are refused once more have to be authorised again; no further alert tells of them one by one.",
        },
        AlertType.ClientRejected => "Put right the OAuth client's id or secret on the connection definition: until then none of its connections can get new tokens.",
        _ => "Nothing to do: the OAuth client is accepted again.",
    };
}
