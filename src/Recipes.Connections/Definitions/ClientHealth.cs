namespace Recipes.Connections;

/// <summary>Writes down on a definition whether its OAuth client is accepted; one alert for all its connections, and another once a token shows that it is over.</summary>
internal sealed class ClientHealth(IConnectionStore store, TimeProvider time)
{
    /// <summary>What a refusal means on the way to a consent: one of the client is written down, unless a server of the account's own choice says so.</summary>
    /// <returns>The failure with the kind that it turned out to be.</returns>
    public async Task<Failure> RefusedAsync(OAuth2Account account, Failure failure) =>
        await RefusedAsync(account.Definition, ClientRules.ChoosesTokenServer(account.Connector, account.Scheme, account.Definition, account.OwnFields), failure);

    /// <inheritdoc cref="RefusedAsync(OAuth2Account, Failure)"/>
    public async Task<Failure> RefusedAsync(OAuth1Account account, Failure failure) =>
        await RefusedAsync(account.Definition, ClientRules.ChoosesTokenServer(account.Connector, account.Scheme, account.Definition, account.OwnFields), failure);

    /// <summary>A consent brought tokens.</summary>
    public Task AcceptedAsync(OAuth2Account account) =>
        account.Definition.IsClientInDoubt && !ClientRules.ChoosesTokenServer(account.Connector, account.Scheme, account.Definition, account.OwnFields) ? SetAsync(account.Definition, null) : Task.CompletedTask;

    /// <inheritdoc cref="AcceptedAsync(OAuth2Account)"/>
    public Task AcceptedAsync(OAuth1Account account) =>
        account.Definition.IsClientInDoubt && !ClientRules.ChoosesTokenServer(account.Connector, account.Scheme, account.Definition, account.OwnFields) ? SetAsync(account.Definition, null) : Task.CompletedTask;

    /// <summary>What the token endpoint made of it; one of the account's own choice tells nothing.</summary>
    /// <param name="seen">The connection as it was asked for.</param>
    /// <param name="failure">Of kind <see cref="FailureKind.ClientRejected"/>; null when the client was accepted.</param>
    public Task SetAsync(ConnectionSnapshot seen, Failure? failure) =>
        ClientRules.ChoosesTokenServer(seen) ? Task.CompletedTask : SetAsync(seen.Definition, failure);

    /// <param name="used">The definition as it was when its client was sent: what came of that says nothing of a client that was given since.</param>
    /// <param name="failure">Of kind <see cref="FailureKind.ClientRejected"/>; null when the client was accepted.</param>
    public async Task SetAsync(ConnectionDefinition used, Failure? failure)
    {
        while (await store.FindDefinitionAsync(used.Id, CancellationToken.None) is { } definition
            && (definition.OAuthApp is { } client ? client.IsUnchangedIn(used.OAuthApp) : used.OAuthApp is null)
            && (failure is null ? definition.IsClientInDoubt : definition.ClientFailure is null)
            && !await store.TryUpdateAsync(definition with { ClientFailure = failure, IsClientLossTold = failure is not null }, CancellationToken.None, AlertOf(definition, failure)))
        {
            // Another change came first: read again.
        }
    }

    private async Task<Failure> RefusedAsync(ConnectionDefinition used, bool byOwnServer, Failure failure)
    {
        if (failure.Kind != FailureKind.ClientRejected)
            return failure;
        if (byOwnServer)
            return failure with { Kind = FailureKind.Misconfigured };
        await SetAsync(used, failure);
        return failure;
    }

    // A new client that is refused as the one before it is no news.
    private Alert? AlertOf(ConnectionDefinition definition, Failure? failure)
    {
        if (failure is not null && definition.IsClientLossTold)
            return null;
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
