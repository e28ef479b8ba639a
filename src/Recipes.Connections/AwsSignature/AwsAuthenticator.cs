using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connections;

internal sealed class AwsAuthenticator(string region, string service, string accessKey, string secretKey, string? sessionToken, TimeProvider time) : RequestAuthenticator
{
    private static readonly string s_emptyHash = Convert.ToHexStringLower(SHA256.HashData([]));

    private readonly bool _isS3 = service.Equals("s3", StringComparison.OrdinalIgnoreCase);
    private volatile DayKey? _key;

    public override bool SignsRequest => true;

    public override async ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (date, moment) = (now.ToString("yyyyMMdd", CultureInfo.InvariantCulture), now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        // A plus stands for a space in what forms write and for itself in what is signed: said in a way that both read alike.
        if (request.RequestUri!.Query.Contains('+', StringComparison.Ordinal))
            request.RequestUri = new UriBuilder(request.RequestUri) { Query = request.RequestUri.Query[1..].Replace("+", "%20", StringComparison.Ordinal) }.Uri;
        var bodyHash = request.Content is { } content ? Convert.ToHexStringLower(SHA256.HashData(await content.ReadAsByteArrayAsync(cancellationToken))) : s_emptyHash;
        Withdraw(request);
        request.Headers.TryAddWithoutValidation("X-Amz-Date", moment);
        if (sessionToken is not null)
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", sessionToken);
        if (_isS3)
            request.Headers.TryAddWithoutValidation("X-Amz-Content-Sha256", bodyHash);

        var headers = AwsCanonical.Headers(request);
        var names = string.Join(';', headers.Keys);
        var canonical = new StringBuilder().Append(request.Method.Method).Append('\n')
            .Append(AwsCanonical.Path(request.RequestUri!.AbsolutePath, _isS3)).Append('\n')
            .Append(AwsCanonical.Query(request.RequestUri.Query)).Append('\n');
        foreach (var (name, value) in headers)
            canonical.Append(name).Append(':').Append(value).Append('\n');
        canonical.Append('\n').Append(names).Append('\n').Append(bodyHash);

        var area = $"{date}/{region}/{service}/aws4_request";
        var text = $"AWS4-HMAC-SHA256\n{moment}\n{area}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(KeyOf(date), Encoding.UTF8.GetBytes(text)));
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={accessKey}/{area}, SignedHeaders={names}, Signature={signature}");
    }

    public override void Withdraw(HttpRequestMessage request)
    {
        foreach (var name in (ReadOnlySpan<string>)["Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"])
            request.Headers.Remove(name);
    }

    private byte[] KeyOf(string date)
    {
        if (_key is { } known && known.Date == date)
            return known.Key;
        var key = Encoding.UTF8.GetBytes($"AWS4{secretKey}");
        foreach (var part in (ReadOnlySpan<string>)[date, region, service, "aws4_request"])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        _key = new DayKey(date, key);
        return key;
    }

    private sealed record DayKey(string Date, byte[] Key);
}
