namespace Recipes.Connections;

/// <summary>What happened to a connection, as its log tells it. An entry with a failure tells of one that did not work.</summary>
public enum ConnectionEvent
{
    Created,
    /// <summary>A person gave consent or a credential, or tried to.</summary>
    Authorized,
    /// <summary>New tokens without a person.</summary>
    Refreshed,
    Probed,
    /// <summary>A run used it. Uses that went well are told at most once an hour; the daily figures count every one.</summary>
    Used,
    /// <summary>The app refused its credential: nothing is sent until one check decides.</summary>
    Suspected,
    /// <summary>It is broken until somebody does something.</summary>
    Lost,
    /// <summary>It works again.</summary>
    Healed,
    /// <summary>Somebody changed its values.</summary>
    Changed,
    Disconnected,
    /// <summary>The provider was told that the grant is no longer wanted.</summary>
    Revoked,
    /// <summary>Its access ends soon and cannot be renewed without a person.</summary>
    ExpiringSoon,
    /// <summary>The provider refuses many at once: nothing is held against this one until that is over.</summary>
    Held,
}
