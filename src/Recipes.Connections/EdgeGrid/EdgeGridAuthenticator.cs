using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connections;

internal sealed class EdgeGridAuthenticator : RequestAuthenticator
{
    /// <summary>Only so much of a body is hashed, in bytes.</summary>
    internal const int LongestBody = 131_072;

    private readonly string _clientToken;
    private readonly byte[] _clientSecret;
    private readonly string _accessToken;
    private readonly TimeProvider _time;

    public EdgeGridAuthenticator(string clientToken, string clientSecret, string accessToken, TimeProvider time)
    {
        ApplyAuthenticator.CheckHeader("Authorization", clientToken + accessToken);
        (_clientToken, _clientSecret, _accessToken, _time) = (clientToken, Encoding.UTF8.GetBytes(clientSecret), accessToken, time);
    }

    public override bool SignsRequest => true;

    public override async ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Method == HttpMethod.Post && request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : [];
        var timestamp = _time.GetUtcNow().ToString("yyyyMMdd'T'HH:mm:ss'+0000'", CultureInfo.InvariantCulture);
        var address = request.RequestUri!;
        var host = address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}";
        request.Headers.Authorization = new AuthenticationHeaderValue("EG1-HMAC-SHA256", Sign(request.Method.Method, address.Scheme, host, address.PathAndQuery, body, timestamp, Guid.NewGuid().ToString()));
    }

    public override void Withdraw(HttpRequestMessage request) => request.Headers.Authorization = null;

    /// <summary>The parameters of the header. No header of the request is signed: each app would have to name which.</summary>
    internal string Sign(string method, string scheme, string host, string pathAndQuery, byte[] body, string timestamp, string nonce)
    {
        var parameters = $"client_token={_clientToken};access_token={_accessToken};timestamp={timestamp};nonce={nonce};";
        var bodyHash = body.Length == 0 ? "" : Convert.ToBase64String(SHA256.HashData(body.AsSpan(0, Math.Min(body.Length, LongestBody))));
        var text = string.Join('\t', method, scheme, host, pathAndQuery, "", bodyHash, $"EG1-HMAC-SHA256 {parameters}");
        // The key is the text of the base64, not the bytes behind it.
        var key = Encoding.UTF8.GetBytes(Convert.ToBase64String(HMACSHA256.HashData(_clientSecret, Encoding.UTF8.GetBytes(timestamp))));
        return $"{parameters}signature={Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)))}";
    }
}
