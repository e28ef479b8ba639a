using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Where recipes find the actions and triggers of connectors.</summary>
public interface IActionCatalogue
{
    /// <summary>The action of an activity type such as <c>SandboxCrm.CreateOpportunity</c>; null when there is none.</summary>
    ConnectorAction? FindAction(string type);

    /// <summary>Every activity type there is, for suggestions.</summary>
    IEnumerable<string> ActionTypes { get; }

    /// <summary>The trigger of an activity type such as <c>SandboxCrm.OpportunityCreated</c>; null when there is none.</summary>
    ConnectorTrigger? FindTrigger(string type);
}
