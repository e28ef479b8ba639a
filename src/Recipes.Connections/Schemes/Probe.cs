namespace Recipes.Connections;

/// <summary>One cheap authenticated request that shows that a connection works.</summary>
/// <param name="Method">Usually GET.</param>
/// <param name="Path">Absolute address, or a path below the connector's base address.</param>
/// <param name="AccountLabel">Dotted path in the JSON answer that names the account, for people; null when there is none.</param>
public sealed record Probe(HttpMethod Method, FieldTemplate Path, string? AccountLabel = null)
{
    /// <summary>JSON that is sent with it; null when nothing is.</summary>
    public string? Body { get; init; }

    /// <summary>Dotted path in the JSON answer to the account's own id, which no renaming changes: tells whether somebody authorises again with another account. Null when there is none.</summary>
    public string? AccountId { get; init; }

    /// <summary>Statuses besides 2xx that show that the credential is good: where an app has nothing to read for everyone, 404 for a thing that does not exist.</summary>
    public IReadOnlyList<int> Passes { get; init; } = [];
}
