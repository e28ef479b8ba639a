using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Recipes.Conformance;

/// <summary>An app that takes requests signed by Akamai's EdgeGrid, which it verifies by a writing of its own.</summary>
/// <remarks>Source: "Authenticate with EdgeGrid", in Akamai's developer documentation.</remarks>
internal sealed class EdgeGridStandIn(ConnectorProfile connector, CodeScheme scheme, SampleAccount account, TimeProvider time) : StandIn(connector, scheme, account, time)
{
    protected override IEnumerable<WireFault> CheckCredential(ReceivedRequest request)
    {
        var header = request.Header("Authorization") ?? "";
        var match = Regex.Match(header, "^EG1-HMAC-SHA256 (?<signed>client_token=(?<client>[^;]+);access_token=(?<access>[^;]+);timestamp=(?<time>[^;]+);nonce=[^;]+;)signature=(?<signature>.+)$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        if (!match.Success)
        {
            yield return new("the header Authorization: EG1-HMAC-SHA256", header.Length == 0 ? "no such header came" : "another kind of header came", "Look at what 'apply' puts in its place.");
            yield break;
        }

        if (match.Groups["client"].Value != Account.Secrets["clientToken"] || match.Groups["access"].Value != Account.Secrets["accessToken"])
            yield return new("the client token and the access token of the account", "others came", "Look at the fields.");
        var key = Mac(Encoding.UTF8.GetBytes(Account.Secrets["clientSecret"]), match.Groups["time"].Value);
        var body = request.Method == "POST" && request.Body.Length > 0 ? Convert.ToBase64String(SHA256.HashData(request.Body)) : "";
        var origin = request.Origin.Split("://");
        var text = $"{request.Method}\t{origin[0]}\t{origin[1]}\t{request.Target}\t\t{body}\tEG1-HMAC-SHA256 {match.Groups["signed"].Value}";
        if (Mac(Encoding.UTF8.GetBytes(key), text) != match.Groups["signature"].Value)
            yield return new("a signature with the right secret over this very request", "another one came", CaseRun.ReportIt);
        foreach (var fault in CheckApply(request))
            yield return fault;
    }

    private static string Mac(byte[] key, string text) => Convert.ToBase64String(WireTemplate.Keyed("sha256", key, Encoding.UTF8.GetBytes(text)));
}
