namespace Recipes.Connections;

/// <summary>What went wrong, told apart by what has to be done about it.</summary>
public enum FailureKind
{
    /// <summary>The account's own credential no longer works: changed password, revoked or expired grant.</summary>
    ModifiedCredentials,
    /// <summary>The account is fine but may not do this.</summary>
    InsufficientPermissions,
    /// <summary>The OAuth client's own id or secret was refused; no fault of the account's owner.</summary>
    ClientRejected,
    /// <summary>Too many requests; try after the given time.</summary>
    RateLimited,
    /// <summary>The provider is down, slow or unreachable.</summary>
    Unavailable,
    /// <summary>The address is wrong: unknown host, refused certificate, no such path for the probe.</summary>
    Misconfigured,
    Unknown,
}
