namespace Recipes.Connections;

/// <summary>Whether a call swaps in the runtime user's own connection.</summary>
public enum RuntimeUserPolicy
{
    /// <summary>Always the organisation's (or installation's) connection; a runtime user is refused.</summary>
    Off,
    /// <summary>The runtime user's connection where there is one, otherwise the organisation's; the run records that it fell back.</summary>
    Optional,
    /// <summary>The runtime user's connection or no run at all.</summary>
    Required,
}
