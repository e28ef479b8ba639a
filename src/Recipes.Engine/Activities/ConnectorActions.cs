using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>The actions and triggers of the loaded connectors.</summary>
internal sealed class ConnectorActions(ConnectorCatalogue connectors) : IActionCatalogue
{
    public IEnumerable<string> ActionTypes => connectors.Connectors.SelectMany(c => c.Actions).Select(a => a.Type).Concat(connectors.TriggerTypes);

    public ConnectorAction? FindAction(string type) => connectors.FindAction(type);

    public ConnectorTrigger? FindTrigger(string type) => connectors.FindTrigger(type);
}
