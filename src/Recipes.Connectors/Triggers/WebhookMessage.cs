namespace Recipes.Connectors;

/// <summary>One request that an app made to a webhook's address.</summary>
/// <param name="Address">As the app was told it, with the query: some sign it.</param>
/// <param name="Headers">By name, whatever the case; several of one name are joined by commas.</param>
/// <param name="Query">The first value of each name.</param>
/// <param name="Body">Byte by byte as it came.</param>
public sealed record WebhookMessage(
    string Method, Uri Address, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Query, ReadOnlyMemory<byte> Body);
