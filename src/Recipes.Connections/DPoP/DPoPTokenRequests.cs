using System.Collections.Concurrent;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Proofs for requests to token endpoints. A nonce is kept per origin; a request that lacks one is sent once more.</summary>
/// <remarks>Source: RFC 9449 §5, §8.</remarks>
internal sealed class DPoPTokenRequests(TimeProvider time)
{
    private const int MostOrigins = 1000;

    private readonly ConcurrentDictionary<string, string> _nonces = new();

    /// <summary>The key that the connection's tokens are bound to; a new one where it has none yet.</summary>
    public static SigningKey KeyOf(TokenSet? tokens) =>
        tokens?.Values.GetValueOrDefault(DPoPProof.KeyValue) is { } kept ? SigningKey.Parse("ES256", kept) : SigningKey.NewEs256();

    /// <summary>The tokens with the key that they are bound to. Those that are no DPoP tokens need none.</summary>
    public static TokenSet Bind(TokenSet tokens, SigningKey key) =>
        tokens with { Values = new Dictionary<string, Secret>(tokens.Values) { [DPoPProof.KeyValue] = key.ExportPem()! } };

    /// <param name="send">Sends the request, made anew each time, with the proof as its header <c>DPoP</c>. The answer's body is buffered.</param>
    public async Task<HttpResponseMessage> SendAsync(SigningKey key, HttpMethod method, Uri address, Func<string, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        var origin = address.GetLeftPart(UriPartial.Authority);
        var response = await send(DPoPProof.Create(key, method, address, _nonces.GetValueOrDefault(origin), null, time.GetUtcNow()));
        var nonce = Keep(origin, response);
        if (nonce is null || !await AsksForNonceAsync(response, cancellationToken))
            return response;
        response.Dispose();
        response = await send(DPoPProof.Create(key, method, address, nonce, null, time.GetUtcNow()));
        Keep(origin, response);
        return response;
    }

    private string? Keep(string origin, HttpResponseMessage response)
    {
        if (DPoPProof.NonceOf(response) is not { } nonce)
            return null;
        if (_nonces.Count >= MostOrigins)
            _nonces.Clear();
        return _nonces[origin] = nonce;
    }

    private static async Task<bool> AsksForNonceAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if ((int)response.StatusCode is not (400 or 401))
            return false;
        using var json = FailureClassifier.ParseJson(FailureClassifier.Text(await response.Content.ReadAsByteArrayAsync(cancellationToken)));
        return json is { RootElement.ValueKind: JsonValueKind.Object } && json.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String && error.GetString() == "use_dpop_nonce";
    }
}
