namespace Recipes.Connections;

public enum ConnectionState
{
    /// <summary>Created, not authorised yet.</summary>
    Pending,
    Connected,
    /// <summary>The app refused the credential; no call until one probe clears or confirms it.</summary>
    Suspect,
    /// <summary>The credential is known to be dead; a person has to connect again.</summary>
    ReauthorizationRequired,
    /// <summary>Disconnected by a person; its credential is deleted.</summary>
    Disconnected,
}
