namespace Recipes.Connections;

/// <summary>Writes down on a definition whether its OAuth client is accepted; one alert for all its connections.</summary>
internal sealed class ClientHealth(IConnectionStore store)
{
    /// <param name="failure">Of kind <see cref="FailureKind.ClientRejected"/>; null when the client was accepted.</param>
    public async Task SetAsync(ConnectionDefinitionId id, Failure? failure)
    {
        while (await store.FindDefinitionAsync(id, CancellationToken.None) is { } definition
            && definition.ClientFailure?.Kind != failure?.Kind
            && !await store.TryUpdateAsync(definition with { ClientFailure = failure }, CancellationToken.None))
        {
            // Another change came first: read again.
        }
    }
}
