using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>A connector as its file describes it.</summary>
public sealed record Connector
{
    public required ConnectorProfile Profile { get; init; }

    /// <summary>What the types of its actions start with: <c>SandboxCrm</c> for <c>sandbox-crm</c>.</summary>
    public required string TypePrefix { get; init; }

    /// <summary>In the order of the file; the generic request comes last.</summary>
    public required IReadOnlyList<ConnectorAction> Actions { get; init; }

    /// <summary>In the order of the file; the generic poll comes last.</summary>
    public IReadOnlyList<ConnectorTrigger> Triggers { get; init; } = [];

    /// <summary>The action of that type, exactly; null when there is none.</summary>
    public ConnectorAction? FindAction(string type) => Actions.FirstOrDefault(a => a.Type == type);

    /// <summary>The trigger of that type, exactly; null when there is none.</summary>
    public ConnectorTrigger? FindTrigger(string type) => Triggers.FirstOrDefault(t => t.Type == type);

    /// <summary>Whether it came with the program rather than from a folder.</summary>
    public bool IsBuiltIn { get; init; }
}
