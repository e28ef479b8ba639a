using System.Net;
using System.Net.Http.Headers;

namespace Recipes.Connections;

/// <summary>Sends a bound token with a proof of its key. The app's nonce is kept from answer to request; it only ever sends to one origin.</summary>
internal sealed class DPoPAuthenticator(SigningKey key, string token, TimeProvider time) : RequestAuthenticator
{
    private volatile string? _nonce;

    public override bool SignsRequest => true;

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue(DPoPProof.Name, token);
        request.Headers.Remove(DPoPProof.Name);
        request.Headers.TryAddWithoutValidation(DPoPProof.Name, DPoPProof.Create(key, request.Method, request.RequestUri!, _nonce, token, time.GetUtcNow()));
        return ValueTask.CompletedTask;
    }

    public override void Withdraw(HttpRequestMessage request)
    {
        request.Headers.Authorization = null;
        request.Headers.Remove(DPoPProof.Name);
    }

    public override bool TakeChallenge(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.Unauthorized || DPoPProof.NonceOf(response) is not { } nonce
            || !response.Headers.WwwAuthenticate.Any(h => h.Scheme.Equals(DPoPProof.Name, StringComparison.OrdinalIgnoreCase) && ChallengeParameters.Read(h.Parameter).GetValueOrDefault("error") == "use_dpop_nonce"))
            return false;
        _nonce = nonce;
        return true;
    }

    public override void Answered(HttpResponseMessage response) => _nonce = DPoPProof.NonceOf(response) ?? _nonce;
}
