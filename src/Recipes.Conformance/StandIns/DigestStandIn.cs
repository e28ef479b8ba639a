using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Recipes.Conformance;

/// <summary>An app that challenges, and takes a hash over user name, password and challenge.</summary>
/// <remarks>Source: RFC 7616 §3.</remarks>
internal sealed class DigestStandIn(ConnectorProfile connector, DigestScheme scheme, SampleAccount account, TimeProvider time) : StandIn(connector, scheme, account, time)
{
    private const string Realm = "kit";
    private readonly string _nonce = SampleAccount.RandomText(32);

    protected override StandInReply Refusal => Answers.Refusal.With("WWW-Authenticate", $"Digest realm=\"{Realm}\", nonce=\"{_nonce}\", qop=\"auth\", algorithm=SHA-256, opaque=\"kit\"");

    protected override StandInReply? Challenge(ReceivedRequest request) => request.Header("Authorization") is null ? Refusal : null;

    protected override IEnumerable<WireFault> CheckCredential(ReceivedRequest request)
    {
        var header = request.Header("Authorization") ?? "";
        if (!header.StartsWith("Digest ", StringComparison.OrdinalIgnoreCase))
        {
            yield return new("the header Authorization: Digest", "another kind of header came", "Look at what 'apply' puts in its place.");
            yield break;
        }

        var given = Regex.Matches(header[7..], "(?<name>\\w+)=(\"(?<value>[^\"]*)\"|(?<value>[^,\\s]*))", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);
        string Get(string name) => given.GetValueOrDefault(name) ?? "";
        var user = Account.Secrets.GetValueOrDefault(scheme.UsernameField) ?? Fields.GetValueOrDefault(scheme.UsernameField) ?? "";
        var secret = Hash($"{user}:{Realm}:{Account.Secrets.GetValueOrDefault(scheme.PasswordField)}");
        var expected = Hash($"{secret}:{_nonce}:{Get("nc")}:{Get("cnonce")}:auth:{Hash($"{request.Method}:{request.Target}")}");
        if (Get("username") != user)
            yield return new($"the user name of the field '{scheme.UsernameField}'", "another user name came", "Look at 'usernameField'.");
        else if (Get("nonce") != _nonce || Get("uri") != request.Target || Get("response") != expected)
            yield return new("a response to the challenge with the right password", "another response came", "Look at 'passwordField'.");
        foreach (var fault in CheckApply(request))
            yield return fault;
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
}
