using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Recipes.Connections;

namespace Recipes.Connectors.Tests;

public sealed class WebhookTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(1_777_636_800);
    private static readonly ConnectorCatalogue s_catalogue = ConnectorCatalogue.Load([]);

    [Fact]
    public void A_signed_challenge_is_answered_only_when_it_is_genuine()
    {
        var message = Slack("""{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}""");

        var challenge = Read("Slack.EventReceived", message, "s").ShouldBeOfType<WebhookVerdict.Challenge>();
        var forged = Read("Slack.EventReceived", message, "other");

        challenge.ShouldBe(new(200, "text/plain; charset=utf-8", "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"));
        forged.ShouldBeOfType<WebhookVerdict.Rejected>();
    }

    [Fact]
    public void A_challenge_can_ask_for_a_keyed_hash()
    {
        const string body = """{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}""";
        var message = DeliverySignatureTests.Message(new() { ["x-zm-request-timestamp"] = "1777636800", ["x-zm-signature"] = $"v0={Hex("zm", $"v0:1777636800:{body}")}" }, body);

        var challenge = Read("Zoom.EventReceived", message, "zm").ShouldBeOfType<WebhookVerdict.Challenge>();

        challenge.ContentType.ShouldBe("application/json");
        JsonNode.Parse(challenge.Body)!.ToJsonString().ShouldBe($$"""{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"{{Hex("zm", "qgg8vlvZRS6UYooatFL8Aw")}}"}""");
    }

    [Fact]
    public void A_challenge_without_signature_echoes_a_short_token_and_opens_nothing_else()
    {
        using var files = new ConnectorFiles();
        var trigger = Load(files, "    signature: { scheme: token, bodyPath: state }\n    challenge: { when: \"{{query.validationToken}}\", answer: \"{{query.validationToken}}\", verified: false }\n");
        WebhookVerdict Verdict(string query, string body) => trigger.Read(DeliverySignatureTests.Message([], body, query), new Dictionary<string, object?>(), "abc", s_now);

        Verdict("validationToken=a%2Bb", "").ShouldBe(new WebhookVerdict.Challenge(200, "text/plain; charset=utf-8", "a+b"));
        Verdict($"validationToken={new string('a', 5000)}", "").ShouldBeOfType<WebhookVerdict.Rejected>();
        Verdict("", """{"state":"x"}""").ShouldBeOfType<WebhookVerdict.Rejected>();
        Verdict("", """{"state":"abc"}""").ShouldBeOfType<WebhookVerdict.Accepted>();
    }

    [Fact]
    public void Events_are_chosen_mapped_and_told_apart()
    {
        const string body = """[{"eventId":1,"subscriptionId":2,"objectId":3,"occurredAt":4,"subscriptionType":"contact.creation"},{"eventId":2,"subscriptionId":2,"objectId":9,"occurredAt":4,"subscriptionType":"deal.creation"},{"eventId":1,"subscriptionId":2,"objectId":3,"occurredAt":4,"subscriptionType":"contact.creation"}]""";
        var time = s_now.ToUnixTimeMilliseconds();
        var sum = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes("c"), Encoding.UTF8.GetBytes($"POSThttps://recipes.example/hooks/abc{body}{time}")));
        var message = DeliverySignatureTests.Message(new() { ["X-HubSpot-Request-Timestamp"] = $"{time}", ["X-HubSpot-Signature-v3"] = sum }, body);

        var all = Read("Hubspot.SubscribedEvent", message, "c").ShouldBeOfType<WebhookVerdict.Accepted>();
        var some = Read("Hubspot.SubscribedEvent", message, "c", ("eventType", "deal.creation")).ShouldBeOfType<WebhookVerdict.Accepted>();
        var none = Read("Hubspot.SubscribedEvent", message, "c", ("eventType", "company.creation"));

        all.Events.Select(e => e.Id).ShouldBe(["1-2-3-4", "2-2-9-4"]);
        some.Events.ShouldHaveSingleItem().Data["objectId"].ShouldBe(9L);
        none.ShouldBeOfType<WebhookVerdict.Ignored>();
    }

    [Fact]
    public void Without_an_id_the_content_tells_deliveries_apart_and_long_ids_are_hashed()
    {
        using var files = new ConnectorFiles();
        var plain = Load(files, "    signature: { scheme: none }\n");
        using var other = new ConnectorFiles();
        var numbered = Load(other, "    signature: { scheme: none }\n    list: .\n    recordId: \"{{headers.x-delivery}}\"\n");
        IReadOnlyList<string> Ids(WebhookTrigger trigger, string body, string delivery = "d") =>
            [.. trigger.Read(DeliverySignatureTests.Message(new() { ["X-Delivery"] = delivery }, body), new Dictionary<string, object?>(), null, s_now).ShouldBeOfType<WebhookVerdict.Accepted>().Events.Select(e => e.Id)];

        Ids(plain, """{"a":1}""").ShouldBe(Ids(plain, """{"a":1}"""));
        Ids(plain, """{"a":1}""").ShouldNotBe(Ids(plain, """{"a":2}"""));
        Ids(numbered, "[1,1]").ShouldBe(["d#0", "d#1"]);
        Ids(numbered, "[1]", new string('x', 200)).ShouldAllBe(id => id.Length <= TriggerRecord.LongestId && id.StartsWith("sha256:"));
    }

    [Fact]
    public void What_is_genuine_and_still_of_no_use_says_why()
    {
        using var files = new ConnectorFiles();
        var trigger = Load(files, "    signature: { scheme: none }\n    recordId: id\n");
        string Reason(string body, string type = "application/json") =>
            trigger.Read(DeliverySignatureTests.Message(new() { ["Content-Type"] = type }, body), new Dictionary<string, object?>(), null, s_now).ShouldBeOfType<WebhookVerdict.Rejected>().Reason;

        Reason("{}").ShouldContain("no id");
        Reason("{").ShouldContain("not JSON");
        Reason("id=").ShouldContain("not JSON");
        Reason("id=", "application/x-www-form-urlencoded").ShouldContain("no id");
    }

    [Fact]
    public async Task It_is_registered_with_its_secret_and_taken_back_by_what_was_kept()
    {
        using var files = new ConnectorFiles();
        var trigger = Load(files, """
                signature: { scheme: standard }
                register:
                  request: { method: PUT, path: "/hooks/recipes-{{hook.id}}", body: { url: "{{hook.address}}", key: "{{hook.secret}}" } }
                  id: data.id
                  expiresAt: data.until
                  keep: { place: data.place }
                unregister: { request: { method: DELETE, path: "/hooks/{{registration.place}}/{{registration.id}}" } }
            """ + "\n", setup: false);
        await using var app = await LoopbackApp.StartAsync();
        using var client = new LoopbackClient(app);
        var (secret, address) = (trigger.CreateSecret(), new Uri("https://recipes.example/hooks/secret-address"));
        app.Answers("""{ "data": { "id": 7, "place": "eu", "until": "2026-06-01T00:00:00+02:00" } }""");

        var registered = (await trigger.RegisterAsync(client, new Dictionary<string, object?>(), address, secret, s_now, CancellationToken.None)).ShouldBeOfType<RegistrationAnswer.Registered>();
        var (line, body) = (app.RequestLine!, app.RequestBody!);
        app.Status = 404;
        var gone = await trigger.UnregisterAsync(client, new Dictionary<string, object?>(), registered.Registration, s_now, CancellationToken.None);
        var removal = app.RequestLine;
        app.Status = 503;
        var failed = await trigger.UnregisterAsync(client, new Dictionary<string, object?>(), registered.Registration, s_now, CancellationToken.None);
        (app.Status, app.Answer) = (200, "{}"u8.ToArray());
        var nameless = await trigger.RegisterAsync(client, new Dictionary<string, object?>(), address, secret, s_now, CancellationToken.None);

        line.ShouldMatch("^PUT /api/hooks/recipes-[0-9a-f]{16}$");
        JsonNode.Parse(body)!.ToJsonString().ShouldBe(new JsonObject { ["url"] = address.AbsoluteUri, ["key"] = secret }.ToJsonString());
        secret.ShouldStartWith("whsec_");
        (registered.Registration.Id, registered.ExpiresAt, registered.Secret).ShouldBe(("7", new DateTimeOffset(2026, 5, 31, 22, 0, 0, TimeSpan.Zero), null));
        removal.ShouldBe("DELETE /api/hooks/eu/7");
        gone.ShouldBeNull();
        failed.ShouldNotBeNull().Status.ShouldBe(503);
        nameless.ShouldBeOfType<RegistrationAnswer.Failed>().Failure.Message.ShouldContain("no id");
    }

    [Fact]
    public async Task A_secret_that_the_app_makes_comes_with_the_registration()
    {
        await using var app = await LoopbackApp.StartAsync();
        using var client = new LoopbackClient(app);
        var trigger = (WebhookTrigger)s_catalogue.FindTrigger("Stripe.EventOccurred")!;
        app.Answers("""{ "id": "we_1", "secret": "whsec_x" }""");

        var registered = await trigger.RegisterAsync(client, new Dictionary<string, object?> { ["events"] = new List<object?> { "a", "b" } }, new("https://recipes.example/h"), null, s_now, CancellationToken.None);

        registered.ShouldBeOfType<RegistrationAnswer.Registered>().Secret!.Reveal().ShouldBe("whsec_x");
        Uri.UnescapeDataString(app.RequestBody!).ShouldBe("url=https://recipes.example/h&enabled_events[]=a&enabled_events[]=b");
        trigger.SecretOrigin.ShouldBe(WebhookSecretOrigin.Theirs);
    }

    [Fact]
    public void A_webhook_without_connector_gives_what_came_but_no_credential()
    {
        var message = DeliverySignatureTests.Message(new() { ["Authorization"] = "Bearer abc", ["Content-Type"] = "application/json" }, """{"a":1}""", "token=abc&x=1");

        var events = new[] { DeliverySignature.Token(null, "token"), DeliverySignature.None }
            .Select(s => PlainWebhook.Read(message, s, "abc", s_now, "token").ShouldBeOfType<WebhookVerdict.Accepted>().Events.Single()).ToList();
        var forged = PlainWebhook.Read(message, DeliverySignature.Token(null, "token"), "abd", s_now, "token");

        PlainData.ToJson(events[0].Data).ShouldBe("""{"body":{"a":1},"query":{"x":"1"},"headers":{"content-type":"application/json"},"method":"POST"}""");
        events[0].Id.ShouldNotBe(events[1].Id);
        forged.ShouldBeOfType<WebhookVerdict.Rejected>();
    }

    private static WebhookTrigger Load(ConnectorFiles files, string words, bool setup = true) =>
        (WebhookTrigger)ListApp.LoadTrigger(files, $"  - kind: webhook\n    name: Hook\n{(setup ? "    setup: Somewhere.\n" : "")}{words}");

    private static WebhookVerdict Read(string type, WebhookMessage message, string secret, params (string Name, object? Value)[] inputs) =>
        ((WebhookTrigger)s_catalogue.FindTrigger(type)!).Read(message, inputs.ToDictionary(i => i.Name, i => i.Value), secret, s_now);

    private static WebhookMessage Slack(string body) =>
        DeliverySignatureTests.Message(new() { ["X-Slack-Request-Timestamp"] = "1777636800", ["X-Slack-Signature"] = $"v0={Hex("s", $"v0:1777636800:{body}")}" }, body);

    private static string Hex(string secret, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));
}
