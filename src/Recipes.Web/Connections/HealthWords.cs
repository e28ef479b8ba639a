namespace Recipes.Web;

/// <summary>What people read beside the colour of a connection.</summary>
public static class HealthWords
{
    /// <summary>Two or three words.</summary>
    public static string Of(Connection connection) => (connection.State, connection.Health) switch
    {
        (ConnectionState.Disconnected, _) => "Disconnected",
        (ConnectionState.Pending, _) => "Not connected yet",
        (ConnectionState.Suspect, not Health.Red) => "Provider incident",
        (ConnectionState.Suspect, _) => "Being checked",
        (ConnectionState.ReauthorizationRequired, _) => "Re-authorise",
        (_, Health.Red) => KindOf(connection.Record.Failure!.Kind),
        (_, Health.Green) => "Working",
        _ => "Not used yet",
    };

    /// <summary>A sentence that says what the colour means here.</summary>
    public static string Explain(Connection connection) => (connection.State, connection.Health) switch
    {
        (ConnectionState.Disconnected, _) => "Its credential has been deleted. Recipes cannot use it until it is connected again.",
        (ConnectionState.Pending, _) => "Nobody has authorised it yet.",
        (ConnectionState.Suspect, not Health.Red) => "The app refuses many accounts at once. Nothing is sent, and nothing held against it, until that is over.",
        (ConnectionState.Suspect, _) => "The app refused the credential. Nothing is sent until a check has cleared or confirmed that.",
        (ConnectionState.ReauthorizationRequired, _) => "The credential no longer works. Recipes cannot use it until it is authorised again.",
        (_, Health.Red) => "The app answers, but not as it should.",
        (_, Health.Green) => "A recipe has used it with success.",
        _ when connection.Record.LastProbedAt is not null => "A test went through. It turns green when a recipe uses it.",
        _ => "It is set up, and no recipe has used it so far.",
    };

    public static string KindOf(FailureKind kind) => kind switch
    {
        FailureKind.ModifiedCredentials => "Modified credentials",
        FailureKind.InsufficientPermissions => "Insufficient permissions",
        FailureKind.ClientRejected => "OAuth client rejected",
        FailureKind.RateLimited => "Rate limited",
        FailureKind.Unavailable => "Unavailable",
        FailureKind.Misconfigured => "Misconfigured",
        FailureKind.Unknown => "Unknown failure",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
