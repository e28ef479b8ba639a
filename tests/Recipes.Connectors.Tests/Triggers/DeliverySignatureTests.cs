using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connectors.Tests;

/// <summary>Every scheme is signed here by a second writing, from the app's documentation, and verified as its file declares it.</summary>
public sealed class DeliverySignatureTests
{
    private const string Body = """{"type":"url","event_id":"e1","id":"x1","webhookTimestamp":1777636800000,"value":"ü"}""";
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(1_777_636_800);
    private static readonly ConnectorCatalogue s_catalogue = ConnectorCatalogue.Load([]);

    public static TheoryData<string> Types => [.. s_apps.Keys];

    // Secret, then how the app signs a body at a time.
    private static readonly Dictionary<string, (string Secret, string Header, bool IsTimed, Func<string, string, DateTimeOffset, Dictionary<string, string>> Sign)> s_apps = new()
    {
        ["Stripe.EventOccurred"] = ("whsec_abc", "Stripe-Signature", true, (secret, body, at) => new()
        {
            ["Stripe-Signature"] = $"t={at.ToUnixTimeSeconds()},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39,v1={Hex(secret, $"{at.ToUnixTimeSeconds()}.{body}")}",
        }),
        ["Github.RepositoryEvent"] = ("It's a Secret", "X-Hub-Signature-256", false, (secret, body, _) => new() { ["X-Hub-Signature-256"] = $"sha256={Hex(secret, body)}", ["X-GitHub-Event"] = "push", ["X-GitHub-Delivery"] = "d1" }),
        ["Slack.EventReceived"] = ("8f742231b10e8888abcd99yyyzzz85a5", "X-Slack-Signature", true, (secret, body, at) => new()
        {
            ["X-Slack-Request-Timestamp"] = $"{at.ToUnixTimeSeconds()}",
            ["X-Slack-Signature"] = $"v0={Hex(secret, $"v0:{at.ToUnixTimeSeconds()}:{body}")}",
        }),
        ["Shopify.StoreEvent"] = ("shpss_0123456789", "X-Shopify-Hmac-Sha256", false, (secret, body, _) => new() { ["X-Shopify-Hmac-Sha256"] = Base64(secret, body), ["X-Shopify-Webhook-Id"] = "w1", ["X-Shopify-Topic"] = "orders/create" }),
        ["Hubspot.SubscribedEvent"] = ("hubspot-client-secret", "X-HubSpot-Signature-v3", true, (secret, body, at) => new()
        {
            ["X-HubSpot-Request-Timestamp"] = $"{at.ToUnixTimeMilliseconds()}",
            ["X-HubSpot-Signature-v3"] = Base64(secret, $"POSThttps://recipes.example/hooks/abc{body}{at.ToUnixTimeMilliseconds()}"),
        }),
        ["Typeform.FormSubmitted"] = ("typeform-secret", "Typeform-Signature", false, (secret, body, _) => new() { ["Typeform-Signature"] = $"sha256={Base64(secret, body)}" }),
        ["Pagerduty.IncidentEvent"] = ("pagerduty-secret", "X-PagerDuty-Signature", false, (secret, body, _) => new() { ["X-PagerDuty-Signature"] = $"v1={new string('0', 64)},v1={Hex(secret, body)}" }),
        ["Linear.DataChanged"] = ("linear-signing-secret", "Linear-Signature", false, (secret, body, _) => new() { ["Linear-Signature"] = Hex(secret, body), ["Linear-Delivery"] = "d1" }),
        ["Zoom.EventReceived"] = ("zoom-secret-token", "x-zm-signature", true, (secret, body, at) => new()
        {
            ["x-zm-request-timestamp"] = $"{at.ToUnixTimeSeconds()}",
            ["x-zm-signature"] = $"v0={Hex(secret, $"v0:{at.ToUnixTimeSeconds()}:{body}")}",
        }),
        ["Gitlab.ProjectEvent"] = ("glsecret", "X-Gitlab-Token", false, (secret, _, _) => new() { ["X-Gitlab-Token"] = secret, ["X-Gitlab-Event-UUID"] = "u1" }),
        ["SandboxCrm.OpportunityEvent"] = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "webhook-signature", true, (secret, body, at) => new()
        {
            ["webhook-id"] = "msg_1",
            ["webhook-timestamp"] = $"{at.ToUnixTimeSeconds()}",
            ["webhook-signature"] = $"v1a,xyz v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[6..]), Bytes($"msg_1.{at.ToUnixTimeSeconds()}.{body}")))}",
        }),
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void A_genuine_delivery_is_believed_and_nothing_else(string type)
    {
        var (secret, header, isTimed, sign) = s_apps[type];
        var signature = ((DeclaredWebhookTrigger)s_catalogue.FindTrigger(type)!).Signature;
        var headers = sign(secret, Body, s_now);
        string? Fault(Dictionary<string, string> given, string body = Body, string? key = null, int seconds = 0) =>
            signature.FaultOf(Message(given, body), key ?? secret, s_now.AddSeconds(seconds));

        Fault(headers).ShouldBeNull();
        Fault(headers, seconds: isTimed ? 290 : 50).ShouldBeNull();
        Fault(headers, key: $"{Other(secret)}\n{secret}").ShouldBeNull();
        Fault(headers, key: Other(secret)).ShouldNotBeNull().ShouldNotContain(secret);
        Fault(headers, key: "").ShouldBe("There is no secret to verify it by.");
        Fault(Without(headers, header)).ShouldNotBeNull().ShouldContain("missing");
        Fault(With(headers, header, "")).ShouldNotBeNull();
        Fault(With(headers, header, headers[header][..^2])).ShouldNotBeNull();
        Fault(With(headers, header, $"{headers[header]}00")).ShouldNotBeNull();
        Fault(With(headers, header, "ü,=;{}")).ShouldNotBeNull();
        if (type != "Gitlab.ProjectEvent")
            Fault(headers, Body.Replace("x1", "x2")).ShouldNotBeNull().ShouldContain("does not match");
        if (isTimed)
        {
            Fault(headers, seconds: 301).ShouldNotBeNull().ShouldContain("too old");
            Fault(headers, seconds: -301).ShouldNotBeNull().ShouldContain("too far ahead");
            // A time that was put in the place of the signed one.
            var later = sign(secret, Body, s_now.AddHours(1));
            foreach (var name in headers.Keys.Where(n => n.Contains("timestamp", StringComparison.OrdinalIgnoreCase)))
                Fault(With(headers, name, later[name]), seconds: 3600).ShouldNotBeNull().ShouldContain("does not match");
        }
    }

    // Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries, "Testing the webhook payload validation".
    [Fact]
    public void The_value_that_GitHub_publishes_is_right()
    {
        var signature = ((DeclaredWebhookTrigger)s_catalogue.FindTrigger("Github.RepositoryEvent")!).Signature;
        var headers = new Dictionary<string, string> { ["X-Hub-Signature-256"] = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" };

        var fault = signature.FaultOf(Message(headers, "Hello, World!"), "It's a Secret to Everybody", s_now);

        fault.ShouldBeNull();
    }

    [Fact]
    public void A_time_in_the_body_counts_as_well()
    {
        var (secret, _, _, sign) = s_apps["Linear.DataChanged"];
        var signature = ((DeclaredWebhookTrigger)s_catalogue.FindTrigger("Linear.DataChanged")!).Signature;
        var message = Message(sign(secret, Body, s_now), Body);

        signature.FaultOf(message, secret, s_now.AddSeconds(61)).ShouldNotBeNull().ShouldContain("too old");
    }

    [Theory]
    [InlineData("sha1", "hex", "HMACSHA1")]
    [InlineData("sha512", "base64", "HMACSHA512")]
    public void Other_algorithms_and_parts_of_the_request_are_signed_too(string algorithm, string encoding, string hash)
    {
        using var files = new ConnectorFiles();
        var trigger = (DeclaredWebhookTrigger)ListApp.LoadTrigger(files, $"  - kind: webhook\n    name: Hook\n    setup: Somewhere.\n    signature: {{ scheme: hmac, algorithm: {algorithm}, encoding: {encoding}, key: base64, header: X-Sig, content: \"{{{{address}}}}|{{{{form}}}}|{{{{header.X-Extra}}}}\" }}\n");
        var secret = trigger.CreateSecret();
        var content = Bytes("https://recipes.example/hooks/abc|a1b2 3|é");
        var key = Convert.FromBase64String(secret);
        var sum = hash == "HMACSHA1" ? HMACSHA1.HashData(key, content) : HMACSHA512.HashData(key, content);
        var headers = new Dictionary<string, string> { ["X-Extra"] = "é", ["X-Sig"] = encoding == "hex" ? Convert.ToHexString(sum) : Convert.ToBase64String(sum), ["Content-Type"] = "application/x-www-form-urlencoded" };

        trigger.Signature.FaultOf(Message(headers, "b=2+3&a=1"), secret, s_now).ShouldBeNull();
        trigger.Signature.FaultOf(Message(headers, "b=2+4&a=1"), secret, s_now).ShouldNotBeNull();
        trigger.Signature.FaultOf(Message(Without(headers, "X-Extra"), "b=2+3&a=1"), secret, s_now).ShouldBe("Something that is signed is missing: header X-Extra.");
    }

    [Fact]
    public void Tokens_and_passwords_are_compared_whole()
    {
        var query = DeliverySignature.Token(null, "token");
        var bearer = DeliverySignature.Token("Authorization", null, "Bearer ");
        var basic = new BasicSignature("app");
        var inBody = new TokenSignature(null, null, ["value", "state"], "");

        query.FaultOf(Message([], "", "token=abc"), "abc", s_now).ShouldBeNull();
        query.FaultOf(Message([], "", "token=abcd"), "abc", s_now).ShouldNotBeNull();
        query.FaultOf(Message([], ""), "abc", s_now).ShouldBe("The token is missing: parameter token.");
        bearer.FaultOf(Message(new() { ["authorization"] = "Bearer abc" }, ""), "abc", s_now).ShouldBeNull();
        bearer.FaultOf(Message(new() { ["Authorization"] = "abc" }, ""), "abc", s_now).ShouldNotBeNull();
        basic.FaultOf(Message(new() { ["Authorization"] = $"Basic {Convert.ToBase64String(Bytes("app:p:w"))}" }, ""), "p:w", s_now).ShouldBeNull();
        basic.FaultOf(Message(new() { ["Authorization"] = $"Basic {Convert.ToBase64String(Bytes("other:p:w"))}" }, ""), "p:w", s_now).ShouldNotBeNull();
        basic.FaultOf(Message(new() { ["Authorization"] = "Basic !!" }, ""), "p:w", s_now).ShouldNotBeNull();
        inBody.FaultOf(Message([], """{ "value": [{ "state": "abc" }, { "state": "abc" }] }"""), "abc", s_now).ShouldBeNull();
        inBody.FaultOf(Message([], """{ "value": [{ "state": "abc" }, { "state": "x" }] }"""), "abc", s_now).ShouldNotBeNull();
        inBody.FaultOf(Message([], """{ "value": [{ "state": "abc" }, {}] }"""), "abc", s_now).ShouldNotBeNull();
        inBody.FaultOf(Message([], """{ "value": [] }"""), "abc", s_now).ShouldNotBeNull();
    }

    public static WebhookMessage Message(Dictionary<string, string> headers, string body, string query = "", string method = "POST") => new(
        method, new Uri($"https://recipes.example/hooks/abc{(query.Length > 0 ? "?" : "")}{query}"), new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase),
        query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1])), Bytes(body));

    private static string Other(string secret) => secret.StartsWith("whsec_M", StringComparison.Ordinal) ? "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD" : $"{secret}x";

    private static Dictionary<string, string> With(Dictionary<string, string> headers, string name, string value) => new(headers) { [name] = value };

    private static Dictionary<string, string> Without(Dictionary<string, string> headers, string name) => headers.Where(h => h.Key != name).ToDictionary();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Hex(string secret, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Bytes(secret), Bytes(text)));

    private static string Base64(string secret, string text) => Convert.ToBase64String(HMACSHA256.HashData(Bytes(secret), Bytes(text)));
}
