namespace Recipes.Conformance;

/// <summary>What a case is about; the columns of the report.</summary>
public enum CaseKind
{
    /// <summary>Setting up, consent, and the first request as it arrives.</summary>
    Connect,
    /// <summary>Changed passwords, revoked and expired grants.</summary>
    Credentials,
    Permissions,
    /// <summary>The OAuth app's own id or secret refused.</summary>
    Client,
    RateLimit,
    Outage,
    /// <summary>Wrong paths, sign-in pages, foreign hosts.</summary>
    Address,
    /// <summary>Good answers in odd clothes: JSON as text/html, empty bodies, error pages.</summary>
    OddReplies,
    /// <summary>The connector's own error rules.</summary>
    Rules,
    /// <summary>Nothing secret gets into outputs.</summary>
    Secrets,
    /// <summary>Deliveries of webhooks: genuine ones, and what pretends to be one.</summary>
    Webhooks,
}
