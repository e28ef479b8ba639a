using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>What a connector can start a recipe with, compiled from its file once.</summary>
public abstract class ConnectorTrigger
{
    /// <summary>Activity type in recipes: <c>SandboxCrm.OpportunityCreated</c>. No action has the same.</summary>
    public abstract string Type { get; }
    public abstract string DisplayName { get; }
    public abstract string? Description { get; }
    public abstract ConnectorProfile Connector { get; }
    public abstract IReadOnlyList<ActionInput> Inputs { get; }

    /// <summary>Members of <see cref="TriggerRecord.Data"/>.</summary>
    public abstract IReadOnlyList<ActionOutput> Outputs { get; }

    /// <summary>Scopes that it needs where the connection is one of OAuth 2.0; empty when nobody said.</summary>
    public virtual IReadOnlyList<string> Scopes => [];

    /// <summary>The last part of <see cref="Type"/>.</summary>
    public string Name => Type[(Type.LastIndexOf('.') + 1)..];
}
