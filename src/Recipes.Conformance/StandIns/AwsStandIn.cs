using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Recipes.Conformance;

/// <summary>An app that takes requests signed by AWS Signature Version 4, which it verifies by a writing of its own.</summary>
/// <remarks>Source: "Create a signed AWS API request", in the AWS documentation.</remarks>
internal sealed class AwsStandIn(ConnectorProfile connector, AwsSignatureScheme scheme, SampleAccount account, TimeProvider time) : StandIn(connector, scheme, account, time)
{
    private const string ReportIt = "Look at 'region', 'service' and the fields of the key; if they are right, please report it.";

    protected override IEnumerable<WireFault> CheckCredential(ReceivedRequest request)
    {
        var match = Regex.Match(request.Header("Authorization") ?? "", "^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)/(?<scope>[^,]+),\\s*SignedHeaders=(?<headers>[^,]+),\\s*Signature=(?<signature>[0-9a-f]{64})$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        if (!match.Success)
        {
            yield return new("the header Authorization: AWS4-HMAC-SHA256 with credential, signed headers and signature", request.Header("Authorization") is null ? "no such header came" : "another kind of header came", "Look at what 'apply' puts in its place.");
            yield break;
        }

        var now = Time.GetUtcNow();
        var stamp = request.Header("x-amz-date") ?? "";
        var (region, service) = (scheme.Region.Render(Fields), scheme.Service.Render(Fields));
        var expectedScope = $"{now.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}/{region}/{service}/aws4_request";
        if (match.Groups["key"].Value != Known(scheme.AccessKeyField))
            yield return new($"the key id of the field '{scheme.AccessKeyField}'", "another one came", "Look at 'accessKeyField'.");
        if (match.Groups["scope"].Value != expectedScope)
            yield return new($"the scope {expectedScope}", match.Groups["scope"].Value, ReportIt);
        if (stamp != now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture))
            yield return new("the header x-amz-date with this moment", stamp.Length == 0 ? "it is not there" : stamp, ReportIt);
        var session = scheme.SessionTokenField is { } field ? Account.Secrets.GetValueOrDefault(field) : null;
        if (session is not null && request.Header("x-amz-security-token") != session)
            yield return new("the session token in x-amz-security-token", "it did not come", "Look at 'sessionTokenField'.");
        var names = match.Groups["headers"].Value.Split(';');
        if (!names.Contains("host") || !names.Contains("x-amz-date"))
            yield return new("a signature over host and x-amz-date at least", match.Groups["headers"].Value, ReportIt);
        if (Signature(request, names, stamp, expectedScope, region, service, service == "s3") != match.Groups["signature"].Value)
            yield return new("a signature with the right key over this very request", "another one came", $"Look at 'secretKeyField'. {ReportIt}");
        foreach (var fault in CheckApply(request))
            yield return fault;
    }

    private string Signature(ReceivedRequest request, string[] names, string stamp, string scope, string region, string service, bool isS3)
    {
        // Each piece is encoded once for S3 and twice for all others.
        var path = string.Join('/', request.RawPath.Split('/').Select(s => isS3 ? Uri.EscapeDataString(Uri.UnescapeDataString(s)) : Uri.EscapeDataString(s)));
        var query = string.Join('&', request.Query.Select(q => (Name: Uri.EscapeDataString(q.Key), Value: Uri.EscapeDataString(q.Value))).OrderBy(q => q.Name, StringComparer.Ordinal).ThenBy(q => q.Value, StringComparer.Ordinal).Select(q => $"{q.Name}={q.Value}"));
        var headers = string.Concat(names.Select(n => $"{n}:{Regex.Replace((request.Header(n) ?? "").Trim(), " +", " ", RegexOptions.None, TimeSpan.FromSeconds(1))}\n"));
        var payload = request.Header("x-amz-content-sha256") ?? Hex(SHA256.HashData(request.Body));
        var canonical = $"{request.Method}\n{path}\n{query}\n{headers}\n{string.Join(';', names)}\n{payload}";
        var text = $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes($"AWS4{Known(scheme.SecretKeyField)}");
        foreach (var part in new[] { stamp.Split('T')[0], region, service, "aws4_request" })
            key = WireTemplate.Keyed("sha256", key, Encoding.UTF8.GetBytes(part));
        return Hex(WireTemplate.Keyed("sha256", key, Encoding.UTF8.GetBytes(text)));
    }

    private string? Known(string field) => Account.Secrets.GetValueOrDefault(field) ?? Fields.GetValueOrDefault(field);

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
