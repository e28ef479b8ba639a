using Recipes.Connectors;
using Recipes.Engine;

namespace Recipes.Bench;

/// <summary>The actions of the connectors that come with the program.</summary>
internal sealed class ConnectorActions(ConnectorCatalogue catalogue) : IActionCatalogue
{
    public ConnectorAction? FindAction(string type) => catalogue.FindAction(type);

    public ConnectorTrigger? FindTrigger(string type) => catalogue.FindTrigger(type);

    public IEnumerable<string> ActionTypes => catalogue.Connectors.SelectMany(c => c.Actions).Select(a => a.Type);
}
