namespace Recipes.Connections;

/// <summary>What has to be done about a connection, the most pressing first.</summary>
public enum Attention
{
    /// <summary>Nothing: it works, was not used yet, or was disconnected on purpose.</summary>
    None,

    /// <summary>Its owner has to authorise it again.</summary>
    Reauthorise,

    /// <summary>The account may not do what the app's check asks for.</summary>
    Permissions,

    /// <summary>An address or another of its values is wrong.</summary>
    Address,

    /// <summary>Its access ends soon and cannot be renewed without its owner.</summary>
    ExpiresSoon,

    /// <summary>It works, but some action or scope was not permitted to it.</summary>
    Limited,

    /// <summary>Nobody has to do anything: one check decides about a suspicion.</summary>
    BeingChecked,

    /// <summary>Nobody has to do anything: the app cannot be reached, asked for a pause, or answered what tells nothing.</summary>
    TriedAgain,

    /// <summary>Nobody has to do anything: the app refuses many accounts at once, and nothing is held against them until that is over.</summary>
    ProviderIncident,
}
