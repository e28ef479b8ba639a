namespace Recipes.Connections;

/// <summary>What an alert tells.</summary>
public enum AlertKind
{
    /// <summary>It is broken until somebody does something.</summary>
    Lost,
    /// <summary>It works again.</summary>
    Recovered,
    /// <summary>Its access ends soon and cannot be renewed without a person.</summary>
    ExpiringSoon,
    /// <summary>A provider refuses many accounts at once.</summary>
    IncidentOpened,
    /// <summary>That is over, one way or the other.</summary>
    IncidentClosed,
}
