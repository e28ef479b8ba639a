namespace Recipes.Connections;

/// <summary>What came of a callback.</summary>
public abstract record FlowOutcome
{
    private FlowOutcome() { }

    public sealed record Connected(ConnectionId Connection) : FlowOutcome;

    /// <summary>The callback does not belong to a flow that this browser started: nothing was done with it.</summary>
    /// <param name="Reason">For the person in front of it.</param>
    public sealed record Rejected(string Reason) : FlowOutcome;

    /// <summary>The person or the provider said no, or the code could not be exchanged. The connection is as it was.</summary>
    public sealed record Failed(ConnectionId Connection, Failure Failure) : FlowOutcome;
}

/// <summary>A flow that was started.</summary>
/// <param name="AuthorizationAddress">Where the browser goes next.</param>
/// <param name="CookieName">Name of the cookie that binds the flow to this browser.</param>
/// <param name="CookieValue">Random; to be set HttpOnly, SameSite=Lax, on the callback's path, until <paramref name="ExpiresAt"/>.</param>
public sealed record StartedFlow(Uri AuthorizationAddress, string CookieName, Secret CookieValue, DateTimeOffset ExpiresAt);

/// <summary>The parameters of a callback that count, as they came.</summary>
public sealed record FlowCallback(string? State, string? Code, string? Issuer, string? Error, string? ErrorDescription);
