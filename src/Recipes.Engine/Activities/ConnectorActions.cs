using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>The actions of the loaded connectors.</summary>
internal sealed class ConnectorActions(ConnectorCatalogue connectors) : IActionCatalogue
{
    public IEnumerable<string> ActionTypes => connectors.Connectors.SelectMany(c => c.Actions).Select(a => a.Type);

    public ConnectorAction? FindAction(string type) => connectors.FindAction(type);
}
