namespace Recipes.Connections;

/// <summary>Writes down on a definition whether its OAuth client is accepted; one alert for all its connections.</summary>
internal sealed class ClientHealth(IConnectionStore store, TimeProvider time)
{
    /// <param name="failure">Of kind <see cref="FailureKind.ClientRejected"/>; null when the client was accepted.</param>
    public async Task SetAsync(ConnectionDefinitionId id, Failure? failure)
    {
        while (await store.FindDefinitionAsync(id, CancellationToken.None) is { } definition
            && definition.ClientFailure?.Kind != failure?.Kind
            && !await store.TryUpdateAsync(definition with { ClientFailure = failure }, CancellationToken.None, AlertOf(definition, failure)))
        {
            // Another change came first: read again.
        }
    }

    private Alert AlertOf(ConnectionDefinition definition, Failure? failure)
    {
        var at = failure?.At ?? time.GetUtcNow();
        return new()
        {
            Id = Guid.CreateVersion7(at),
            Tenant = definition.Tenant,
            Definition = definition.Id,
            Kind = failure is null ? AlertKind.Recovered : AlertKind.Lost,
            At = at,
            Failure = failure,
        };
    }
}
