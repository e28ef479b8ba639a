namespace Recipes.Connections;

/// <summary>What came of a callback.</summary>
public abstract record FlowOutcome
{
    private FlowOutcome() { }

    /// <summary>What the flow was started for; none where it is not known which one it was.</summary>
    public FlowReturn Return { get; init; } = FlowReturn.None;

    public sealed record Connected(ConnectionId Connection) : FlowOutcome;

    /// <summary>The callback does not fit a flow that this browser and this user started: nothing was done with it.</summary>
    /// <param name="Reason">For the person in front of it.</param>
    public sealed record Rejected(string Reason) : FlowOutcome
    {
        /// <summary>What was to be authorised; null unless it is sure that the caller is who started that.</summary>
        public ConnectionId? Connection { get; init; }

        /// <summary>The reason as it is told on the connection's log; null where <see cref="Connection"/> is.</summary>
        public Failure? Failure { get; init; }
    }

    /// <summary>The person or the provider said no, or the code could not be exchanged. The connection is as it was.</summary>
    public sealed record Failed(ConnectionId Connection, Failure Failure) : FlowOutcome;

    /// <summary>Another account consented than the one that the connection belongs to, and nobody said that it may. The connection is as it was.</summary>
    public sealed record OtherAccount(ConnectionId Connection, Failure Failure) : FlowOutcome;
}

/// <summary>What came of starting an authorization.</summary>
public abstract record FlowStart
{
    private FlowStart() { }

    /// <summary>A browser can go on to the provider.</summary>
    public sealed record Started(StartedFlow Flow) : FlowStart;

    /// <summary>The provider refused the request, or could not be asked. Nothing was changed.</summary>
    public sealed record Failed(Failure Failure) : FlowStart;
}

/// <summary>A flow that was started.</summary>
/// <param name="AuthorizationAddress">Where the browser goes next.</param>
/// <param name="CookieName">Name of the cookie that binds the flow to this browser.</param>
/// <param name="CookieValue">Random; to be set HttpOnly, SameSite=Lax, on the callback's path, until <paramref name="CookieExpiresAt"/>.</param>
/// <param name="CookieExpiresAt">After the flow itself: a browser that had let go of it could not be told that it is late.</param>
public sealed record StartedFlow(Uri AuthorizationAddress, string CookieName, Secret CookieValue, DateTimeOffset CookieExpiresAt);

/// <summary>The parameters of a callback that every provider may send, as they came.</summary>
public sealed record FlowCallback(string? State, string? Code, string? Issuer, string? Error, string? ErrorDescription)
{
    /// <summary>All parameters that came once, these among them: a provider may have another name for the code, and send more than the RFC says.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
}
