namespace Recipes.Connections;

/// <summary>Where people look at what an alert tells of; the host knows its own addresses.</summary>
public interface IAlertPages
{
    Uri Of(ConnectionId connection);

    Uri Of(ConnectionDefinition definition);

    /// <summary>The page that says what needs somebody.</summary>
    Uri Health { get; }

    /// <summary>The page of alerts themselves.</summary>
    Uri Alerts { get; }
}
