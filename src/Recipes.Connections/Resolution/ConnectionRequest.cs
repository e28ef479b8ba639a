namespace Recipes.Connections;

/// <summary>What one run wants to be connected to, before any step runs.</summary>
public sealed record ConnectionRequest
{
    public required Caller Caller { get; init; }

    /// <summary>Every key the recipe and the recipes it calls use.</summary>
    public required IReadOnlyList<ConnectionNeed> Needs { get; init; }

    /// <summary>Only callable recipes take runtime users and overrides.</summary>
    public required bool Callable { get; init; }

    /// <summary>The runtime user named in the call; null means the caller.</summary>
    public UserId? RuntimeUser { get; init; }

    /// <summary>Whether a connection that was refused and may heal will do: the run waits for it at the step that needs it.</summary>
    public bool MayBeBroken { get; init; }

    /// <summary>Explicit connections, by key.</summary>
    public IReadOnlyDictionary<StableKey, ConnectionId> Overrides { get; init; } = new Dictionary<StableKey, ConnectionId>();
}

/// <summary>One stable key that a recipe uses.</summary>
/// <param name="Policy">The recipe's own policy; it only ever tightens the definition's. Null when it says nothing.</param>
public sealed record ConnectionNeed(StableKey Key, RuntimeUserPolicy? Policy = null)
{
    /// <summary>Scopes that its actions need where the connection is one of OAuth 2.0; empty when nobody said.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}

/// <summary>Why a connection was chosen.</summary>
public enum ConnectionChoice
{
    Explicit,
    RuntimeUser,
    Organisation,
    /// <summary>The policy is optional and the runtime user has none: the organisation's.</summary>
    FellBackToOrganisation,
}

/// <summary>The frozen answer for one key.</summary>
/// <param name="ActingAs">Whose account acts, for the journal.</param>
/// <param name="Account">The account's name at the app, as far as a probe has learnt it.</param>
public sealed record BoundConnection(StableKey Key, ConnectionId Id, string DisplayName, Owner ActingAs, ConnectionChoice Choice, string? Account = null);

/// <summary>One key for which no connection can be used, and where that is put right.</summary>
/// <param name="AuthorizePath">Path of the page on this host where it can be authorised; null when authorising would not help.</param>
/// <param name="Choices">The connections to choose from, where there are several and none is the default.</param>
public sealed record MissingConnection(StableKey Key, string Reason, string? AuthorizePath, IReadOnlyList<ConnectionId> Choices)
{
    /// <summary>The scopes that its actions need and that were not granted; empty when that is not what is missing.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}

/// <summary>What came of resolving.</summary>
public abstract record ConnectionResolution
{
    private ConnectionResolution() { }

    /// <summary>Every key has its connection.</summary>
    public sealed record Resolved(UserId? RuntimeUser, IReadOnlyDictionary<StableKey, BoundConnection> Connections) : ConnectionResolution;

    /// <summary>At least one key has none; all of them are listed.</summary>
    public sealed record Incomplete(IReadOnlyList<MissingConnection> Missing) : ConnectionResolution;

    /// <summary>The caller may not do what the call asks (act as another user, override, use another's connection).</summary>
    public sealed record Forbidden(string Reason) : ConnectionResolution;
}
