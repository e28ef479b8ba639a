namespace Recipes.Web;

/// <summary>Entries of a connection's log, as people read them.</summary>
internal static class LogWords
{
    public static string Of(LogEntry entry) => (entry.Event, entry.Failure) switch
    {
        (ConnectionEvent.Created, _) => "Created",
        (ConnectionEvent.Authorized, null) => "Authorised",
        (ConnectionEvent.Authorized, _) => "Authorization came to nothing",
        (ConnectionEvent.Refreshed, null) => "Access renewed",
        (ConnectionEvent.Refreshed, _) => "Access not renewed",
        (ConnectionEvent.Probed, null) => "Check passed",
        (ConnectionEvent.Probed, _) => "Check failed",
        (ConnectionEvent.Used, null) => "Used",
        (ConnectionEvent.Used, _) => "Use failed",
        (ConnectionEvent.Suspected, _) => "Suspected",
        (ConnectionEvent.Held, _) => "Held in an incident",
        (ConnectionEvent.Lost, _) => "Lost",
        (ConnectionEvent.Healed, _) => "Works again",
        (ConnectionEvent.Changed, _) => "Changed",
        (ConnectionEvent.Disconnected, _) => "Disconnected",
        (ConnectionEvent.Revoked, null) => "Revoked at the app",
        (ConnectionEvent.Revoked, _) => "Not revoked at the app",
        (ConnectionEvent.ExpiringSoon, _) => "Access ends soon",
        _ => entry.Event.ToString(),
    };

    /// <summary>Who or what did it.</summary>
    public static string By(Actor actor, UserId reader) => actor.Kind switch
    {
        ActorKind.Person when actor.Name == reader.Value => "You",
        ActorKind.Person => actor.Name ?? "",
        ActorKind.Action => $"Action {actor.Name}",
        ActorKind.Revalidation => "Scheduled check",
        _ => "Recipes",
    };
}
