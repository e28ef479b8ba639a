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

    public async Task<HttpResponseMessage> SendAsync(SigningKey key, OAuth2Request request, OAuth2Sender sender, CancellationToken cancellationToken)
    {
        var origin = request.Address.GetLeftPart(UriPartial.Authority);
        request.SetHeader(DPoPProof.Name, DPoPProof.Create(key, request.Method, request.Address, _nonces.GetValueOrDefault(origin), null, time.GetUtcNow()));
        var response = await sender.SendAsync(request, cancellationToken);
        var nonce = Keep(origin, response);
        if (nonce is null || !await AsksForNonceAsync(response, cancellationToken))
            return response;
        response.Dispose();
        request.SetHeader(DPoPProof.Name, DPoPProof.Create(key, request.Method, request.Address, nonce, null, time.GetUtcNow()));
        response = await sender.SendAsync(request, cancellationToken);
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
