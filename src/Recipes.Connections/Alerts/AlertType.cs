namespace Recipes.Connections;

/// <summary>Names of what alerts tell, as programs get them.</summary>
public static class AlertType
{
    public const string Lost = "connection.lost";
    public const string Recovered = "connection.recovered";
    public const string ExpiringSoon = "connection.expiringSoon";

    /// <summary>An OAuth client's own id or secret was refused.</summary>
    public const string ClientRejected = "client.rejected";
    public const string ClientRecovered = "client.recovered";

    /// <summary>A provider refuses many accounts at once: nothing is held against them until that is over.</summary>
    public const string IncidentOpened = "incident.opened";
    public const string IncidentClosed = "incident.closed";

    /// <summary>Somebody wants to see whether alerts arrive. Every target gets it, whatever kinds it wants.</summary>
    public const string Test = "alert.test";

    /// <summary>All but the test.</summary>
    public static IReadOnlyList<string> All { get; } = [Lost, Recovered, ExpiringSoon, ClientRejected, ClientRecovered, IncidentOpened, IncidentClosed];

    public static string Of(Alert alert) => (alert.Kind, alert.Connection) switch
    {
        (AlertKind.Lost, not null) => Lost,
        (AlertKind.Recovered, not null) => Recovered,
        (AlertKind.ExpiringSoon, _) => ExpiringSoon,
        (AlertKind.IncidentOpened, _) => IncidentOpened,
        (AlertKind.IncidentClosed, _) => IncidentClosed,
        (AlertKind.Lost, null) => ClientRejected,
        (AlertKind.Recovered, null) => ClientRecovered,
        _ => throw new ArgumentOutOfRangeException(nameof(alert), alert.Kind, null),
    };
}
