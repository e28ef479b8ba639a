using System.Data.Common;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>What an exception out of an action means for its step. No exception of an unknown kind gets its words into the journal.</summary>
internal static class ActionFailures
{
    // How far it got is unknown: what it sent may have been done.
    public static Failure From(Exception exception, DateTimeOffset at) => exception switch
    {
        TimeoutException or OperationCanceledException => new() { Kind = FailureKind.Unavailable, Message = "The app did not answer in time.", IsDoubtful = true, At = at },
        HttpRequestException or IOException => new() { Kind = FailureKind.Unavailable, Message = "The app could not be reached.", IsDoubtful = true, At = at },
        // Nothing was sent: the connection could not be read.
        DbException or { InnerException: DbException } => new() { Kind = FailureKind.Unavailable, Message = "The connection cannot be used while the database is in trouble.", At = at },
        KeyNotFoundException => new() { Kind = FailureKind.Unknown, Message = "The connection of this run does not exist any more.", At = at },
        _ => new() { Kind = FailureKind.Unknown, Message = $"The action failed unexpectedly ({exception.GetType().Name}).", At = at },
    };
}
