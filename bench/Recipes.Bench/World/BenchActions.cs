using Recipes.Connectors;
using Recipes.Engine;

namespace Recipes.Bench;

/// <summary>The actions of the connectors that come with the program, and one that stays in memory.</summary>
internal sealed class BenchActions(ConnectorCatalogue catalogue) : IActionCatalogue
{
    private readonly MemoryAction _memory = new(catalogue.FindAction("SandboxCrm.FindOpportunity")!.Connector);

    public ConnectorAction? FindAction(string type) => type == MemoryAction.Name ? _memory : catalogue.FindAction(type);

    public ConnectorTrigger? FindTrigger(string type) => catalogue.FindTrigger(type);

    public IEnumerable<string> ActionTypes => catalogue.Connectors.SelectMany(c => c.Actions).Select(a => a.Type).Append(MemoryAction.Name).Concat(catalogue.TriggerTypes);
}
