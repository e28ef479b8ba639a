namespace Recipes.Connections;

/// <summary>What a person does about each kind of failure, in plain words.</summary>
public static class Guidance
{
    /// <summary>For a connection that an incident holds, whatever its failure says.</summary>
    public const string Held = "Nothing to do: the app refuses many accounts at once, which looks like trouble of its own. The connection is kept as it is, and checked by itself once that is over.";

    /// <summary>One or two sentences for the owner of the connection.</summary>
    public static string For(Failure failure) => failure.Kind switch
    {
        FailureKind.ModifiedCredentials => "Verify the credentials: the password, key or grant no longer works. Re-authorise the connection.",
        FailureKind.InsufficientPermissions => "Verify the user's permissions in the app: the account is signed in but may not do this. Nothing has to be re-authorised unless a scope is missing.",
        FailureKind.ClientRejected => "Nothing to do for the account's owner. An operator has to put right the OAuth client's id or secret on the connection definition.",
        FailureKind.RateLimited when failure.RetryAt is { } at => $"Nothing to do: the app asked for a pause. What is connected is checked again by itself, not before {at:u}.",
        FailureKind.RateLimited => "Nothing to do: the app asked for a pause. What is connected is checked again by itself.",
        FailureKind.Unavailable when failure.RetryAt is { } at => $"Nothing to do: the app cannot be reached at the moment. What is connected is checked again by itself, not before {at:u}.",
        FailureKind.Unavailable => "Nothing to do: the app cannot be reached at the moment. What is connected is checked again by itself.",
        FailureKind.Misconfigured => "Check the address and the fields of the connection and its definition.",
        FailureKind.Unknown => "Read the provider's answer; if it means something definite, an error rule in the connector can say so.",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure.Kind, null),
    };
}
