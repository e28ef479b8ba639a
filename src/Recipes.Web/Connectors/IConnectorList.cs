namespace Recipes.Web;

/// <summary>The connectors there are to choose from.</summary>
public interface IConnectorList
{
    /// <summary>By name.</summary>
    IReadOnlyList<ConnectorProfile> Connectors { get; }
}
