namespace Recipes.Connections;

/// <summary>
/// Decides whose fault a refused signature is, the consumer's or the account's, and notes on the definition when its consumer is refused.
/// </summary>
/// <remarks>
/// Providers say signature_invalid for a wrong consumer secret, and some for a token they have forgotten the secret of. A token came by machine and its
/// secret never changes, so the consumer is the likely one; but whoever consented must also hear of it when the grant is gone. What tells is a request
/// token: it takes the consumer's secret and no other.
/// </remarks>
internal sealed class ConsumerVerdicts(OAuth1Endpoint endpoint, ClientHealth clients)
{
    /// <param name="failure">What an attempt showed; null for a success.</param>
    /// <returns>The failure with the kind that it turned out to be.</returns>
    public ValueTask<Failure?> JudgeAsync(ConnectionSnapshot seen, Failure? failure, CancellationToken cancellationToken) =>
        seen.Scheme is OAuth1Scheme { NeedsClient: true } scheme && (failure is not null || seen.Definition.IsClientInDoubt)
            ? new(JudgeAsync(seen, scheme, failure, cancellationToken))
            : ValueTask.FromResult(failure);

    private async Task<Failure?> JudgeAsync(ConnectionSnapshot seen, OAuth1Scheme scheme, Failure? failure, CancellationToken cancellationToken)
    {
        if (failure is { Kind: FailureKind.ModifiedCredentials, ProviderCode: OAuth1Problems.SignatureInvalid })
            failure = await DoubtAsync(seen, scheme, failure, cancellationToken);
        if (failure is not (null or { Kind: FailureKind.ClientRejected }))
            return failure;
        // What an address of the account's own choice says blames nobody else.
        if (ClientRules.IsChosenBy(seen, new("base address", seen.Connector.BaseAddress)))
            return failure is null ? null : failure with { Kind = FailureKind.ModifiedCredentials };
        await clients.SetAsync(seen.Definition, failure);
        return failure;
    }

    private async Task<Failure> DoubtAsync(ConnectionSnapshot seen, OAuth1Scheme scheme, Failure failure, CancellationToken cancellationToken)
    {
        var consumer = failure with { Kind = FailureKind.ClientRejected };
        // It is known already: nothing new is to be learnt by asking with each request.
        if (seen.Definition.ClientFailure is not null)
            return consumer;
        if (scheme.Flow == OAuth1Flow.ThreeLegged)
        {
            var account = new OAuth1Account(seen.Definition, seen.Connector, scheme, seen.Fields, seen.Credential ?? new Credential());
            return await endpoint.RequestTokenAsync(account, "oob", cancellationToken) switch
            {
                OAuth1Reply.Granted => failure,
                OAuth1Reply.Refused { Failure.Kind: FailureKind.ClientRejected } => consumer,
                _ => failure with { Kind = FailureKind.Unknown },
            };
        }

        // A token and secret that were typed in may be wrong from the start; ones that have worked do not change by themselves.
        return scheme.Flow == OAuth1Flow.Token && seen.Record.LastSuccessAt is not null ? consumer : failure;
    }
}
