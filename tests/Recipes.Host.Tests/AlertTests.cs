using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Recipes.Host.Tests;

/// <summary>A running host that nobody calls: what happens at a provider is found, told, healed and told again.</summary>
public sealed class AlertTests
{
    [RadicaleFact]
    public async Task A_changed_password_is_found_and_told_by_mail_and_webhook_and_so_is_that_it_works_again()
    {
        await using var radicale = await RadicaleServer.StartAsync();
        await using var mail = await SmtpServer.StartAsync();
        await using var webhook = await Receiver.StartAsync();
        var password = Canaries.NewSecret("Radicale password");
        await radicale.SetPasswordAsync("alice", password);
        await using var place = await Workplace.StartAsync(settings:
        [
            "--Egress:Allow:5", radicale.BaseAddress.Authority, "--Egress:Allow:6", webhook.Address.Authority,
            "--Revalidation:Every", "00:00:10", "--Schedules:Every:revalidation", "00:00:01", "--Revalidation:SuspectPause", "00:00:01", "--Schedules:Every:alerts", "00:00:01",
            "--Alerts:Webhooks:0:Address", $"{webhook.Address}alerts", "--Alerts:Webhooks:0:Secret", Canaries.NewSecret("webhook secret"),
            "--Alerts:Mail:Host", SmtpServer.Host, "--Alerts:Mail:Port", mail.Port.ToString(CultureInfo.InvariantCulture), "--Alerts:Mail:Tls", "None", "--Alerts:Mail:From", "recipes@example.com", "--Alerts:Operators:0", "ops@example.com",
        ]);
        await place.AddUserAsync("ann", "createConnections");
        (await place.As("ann").SendAsync(new HttpRequestMessage(HttpMethod.Patch, "/api/users/ann") { Content = System.Net.Http.Json.JsonContent.Create(new { email = "ann@example.com" }) })).Is(HttpStatusCode.OK);
        (await place.Operator.PostAsync("/api/connection-definitions", new { key = "calendar", connector = "radicale", presets = new { address = radicale.BaseAddress.AbsoluteUri.TrimEnd('/') } })).Is(HttpStatusCode.Created);
        var id = (string)(await place.As("ann").PostAsync("/api/connections", new { definition = "calendar", fields = new { username = "alice", password } })).Is(HttpStatusCode.Created)["id"]!;

        await radicale.SetPasswordAsync("alice", Canaries.NewSecret("changed Radicale password"));
        var lost = await NoticeAsync(webhook, "connection.lost");
        var health = (string?)(await place.As("ann").GetAsync($"/api/connections/{id}"))["health"];
        await radicale.SetPasswordAsync("alice", password);
        var recovered = await NoticeAsync(webhook, "connection.recovered");
        await Waiting.UntilAsync(async () => (await mail.MailsAsync()).Count == 4, seconds: 60);

        health.ShouldBe("red");
        ((string?)lost["connection"]!["id"], (string?)lost["connection"]!["owner"], (string?)lost["failure"]!["kind"], (string?)lost["page"]).ShouldBe((id, "ann", "modifiedCredentials", $"{place.Address}connections/{id}"));
        ((string?)recovered["connection"]!["id"], recovered["failure"]).ShouldBe((id, null));
        webhook.All.Count.ShouldBe(2, "once each");
        var mails = await mail.MailsAsync();
        foreach (var reader in new[] { "ann@example.com", "ops@example.com" })
            mails.Where(m => m.To[0] == reader).Select(m => m.Header("Subject").EndsWith("works again", StringComparison.Ordinal)).ShouldBe([false, true]);
        ((string?)(await place.As("ann").GetAsync($"/api/connections/{id}"))["health"]).ShouldNotBe("red");
        // A mail has arrived before the host hears that it has.
        Answer? told = null;
        await Waiting.UntilAsync(async () => (told = (await place.Operator.GetAsync("/api/alerts")).Is(HttpStatusCode.OK)).Json.AsArray().All(a => (string?)a!["status"] == "delivered"));
        told!.Json.AsArray().Count.ShouldBe(6);
        Canaries.FindIn($"{string.Concat(webhook.All.Select(r => r.Text))}{string.Concat(mails.Select(m => m.Content + m.Text))}{told.Text}", "alerts").ShouldBeEmpty();
    }

    private static async Task<JsonNode> NoticeAsync(Receiver webhook, string type)
    {
        JsonNode? notice = null;
        await Waiting.UntilAsync(() => (notice = webhook.All.Select(r => JsonNode.Parse(r.Text)).FirstOrDefault(n => (string?)n!["type"] == type)) is not null, seconds: 60);
        return notice!;
    }
}
