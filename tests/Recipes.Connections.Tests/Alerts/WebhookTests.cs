using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class WebhookTests
{
    [Fact]
    public async Task A_lost_connection_is_told_with_all_that_helps_and_a_signature_that_others_can_check()
    {
        await using var world = new AlertWorld();
        var webhook = await world.AddWebhookAsync();
        await world.StartAsync();
        var id = await world.ConnectAsync(Owner.Of(UserId.Parse("ann")));
        await world.LoseAsync(id);

        await world.SweepAsync();
        await world.SweepAsync();

        var request = webhook.Requests.ShouldHaveSingleItem();
        (request.Method, request.Target, request.Header("Content-Type"), request.Header("traceparent")).ShouldBe(("POST", "/hook?key=abc", "application/json", ""));
        (await world.IsSignedAsync(request)).ShouldBeTrue();
        (await world.IsSignedAsync(request with { Body = [.. request.Body, (byte)' '] })).ShouldBeFalse();
        request.Header("webhook-timestamp").ShouldBe(world.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        var delivery = (await world.DeliveriesAsync()).Single();
        var definition = await world.Harness.DefinitionOfAsync(id);
        request.Text.ShouldBe($$"""
            {"type":"connection.lost","id":"{{delivery.Alert.Id}}","at":{{System.Text.Json.JsonSerializer.Serialize(delivery.Alert.At)}},"tenant":"default",
            "definition":{"id":"{{definition.Id}}","key":"{{definition.Key}}","name":"{{definition.DisplayName}}"},
            "connection":{"id":"{{id}}","name":"Ann\u0027s account","ownerKind":"user","owner":"ann","account":"ann@crm.example"},
            "failure":{"kind":"modifiedCredentials","message":"The CRM refused the key.","status":401,"providerCode":"key_revoked","providerWords":"The user changed the password."},
            "guidance":"Verify the credentials: the password, key or grant no longer works. Re-authorise the connection.","page":"https://recipes.example/connections/{{id}}"}
            """.ReplaceLineEndings(""));
        request.Header("webhook-id").ShouldBe(delivery.Alert.Id.ToString());
        (delivery.Target, delivery.Tries, delivery.NextTryAt, delivery.DeliveredAt).ShouldBe(($"webhook:{webhook.Address.Authority}", 1, null, world.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task What_is_not_taken_is_tried_again_with_pauses_that_double_until_it_is()
    {
        await using var world = new AlertWorld();
        var answers = 0;
        var webhook = await world.AddWebhookAsync(_ => ++answers <= 3 ? Results.StatusCode(500) : null);
        await world.StartAsync();
        await world.LoseAsync(await world.ConnectAsync());

        List<TimeSpan> pauses = [];
        await world.SweepAsync();
        while ((await world.DeliveriesAsync()).Single() is { NextTryAt: { } next } waiting)
        {
            waiting.Error.ShouldBe("It answered 500.");
            pauses.Add(next - world.Clock.GetUtcNow());
            world.Clock.AdvanceTo(next - TimeSpan.FromMilliseconds(1));
            await world.SweepAsync();
            webhook.Requests.Count.ShouldBe(pauses.Count);
            world.Clock.AdvanceTo(next);
            await world.SweepAsync();
        }

        pauses.Count.ShouldBe(3);
        for (var i = 0; i < 3; i++)
            pauses[i].TotalSeconds.ShouldBeInRange(8 * Math.Pow(2, i), 10 * Math.Pow(2, i));
        webhook.Requests.Select(r => r.Header("webhook-id")).Distinct().ShouldHaveSingleItem();
        webhook.Requests.Select(r => r.Header("webhook-timestamp")).Distinct().Count().ShouldBe(4);
        foreach (var request in webhook.Requests)
            (await world.IsSignedAsync(request)).ShouldBeTrue();
    }

    [Fact]
    public async Task It_is_given_up_after_three_days_of_trying_and_the_log_says_so()
    {
        await using var world = new AlertWorld();
        var webhook = await world.AddWebhookAsync(_ => Results.StatusCode(503));
        await world.StartAsync();
        await world.LoseAsync(await world.ConnectAsync());
        var started = world.Clock.GetUtcNow();

        await world.SweepAsync();
        var longest = TimeSpan.Zero;
        while ((await world.DeliveriesAsync()).Single().NextTryAt is { } next)
        {
            longest = next - world.Clock.GetUtcNow() > longest ? next - world.Clock.GetUtcNow() : longest;
            world.Clock.AdvanceTo(next);
            await world.SweepAsync();
        }

        (world.Clock.GetUtcNow() - started).TotalDays.ShouldBeInRange(2.4, 3.1);
        longest.TotalMinutes.ShouldBeInRange(50, 60);
        world.Harness.Logs.Entries.Count(e => e.Level == LogLevel.Error && e.Message.Contains($"given up after {webhook.Requests.Count} tries: It answered 503.", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Who_is_gone_gets_nothing_more_and_redirects_are_not_followed()
    {
        await using var world = new AlertWorld();
        await using var elsewhere = await AppServer.StartAsync();
        var gone = await world.AddWebhookAsync(_ => Results.StatusCode(410));
        var redirecting = await world.AddWebhookAsync(_ => Results.Redirect(elsewhere.Address.AbsoluteUri, preserveMethod: true));
        await world.With(("Egress:Allow:9", elsewhere.Address.Authority)).StartAsync();
        await world.LoseAsync(await world.ConnectAsync());

        await world.SweepAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.SweepAsync();

        gone.Requests.Count.ShouldBe(1);
        redirecting.Requests.Count.ShouldBe(2);
        elsewhere.Requests.ShouldBeEmpty();
        (await world.DeliveriesAsync()).Select(d => (d.Target, d.NextTryAt is null, d.Error)).ShouldBe(
            [($"webhook:{gone.Address.Authority}", true, "It answered 410: it is not wanted there any more."), ($"webhook:{redirecting.Address.Authority}", false, "It answered 307; redirects are not followed.")], ignoreOrder: true);
    }

    [Fact]
    public async Task Who_asks_for_time_gets_it()
    {
        await using var world = new AlertWorld();
        await world.AddWebhookAsync(_ => new Headed(429, "Retry-After", "600"));
        await world.StartAsync();
        await world.LoseAsync(await world.ConnectAsync());

        await world.SweepAsync();

        (await world.DeliveriesAsync()).Single().NextTryAt.ShouldBe(world.Clock.GetUtcNow().AddMinutes(10));
    }

    [Fact]
    public async Task A_webhook_gets_the_kinds_that_it_wants()
    {
        await using var world = new AlertWorld();
        var picky = await world.AddWebhookAsync(null, "connection.recovered", "client.rejected");
        var everything = await world.AddWebhookAsync();
        await world.StartAsync();
        var id = await world.ConnectAsync();
        await world.LoseAsync(id);
        await world.RecoverAsync(id);

        await world.SweepAsync();

        picky.Requests.Select(r => (string?)AlertWorld.Body(r)["type"]).ShouldBe(["connection.recovered"]);
        everything.Requests.Select(r => (string?)AlertWorld.Body(r)["type"]).ShouldBe(["connection.lost", "connection.recovered"]);
    }

    [Fact]
    public async Task Lost_and_found_before_anybody_could_be_told_arrive_in_that_order()
    {
        await using var world = new AlertWorld();
        var fails = true;
        var webhook = await world.AddWebhookAsync(_ => fails ? Results.StatusCode(500) : null);
        await world.StartAsync();
        var id = await world.ConnectAsync();
        await world.LoseAsync(id);
        await world.SweepAsync();
        await world.RecoverAsync(id);
        await world.SweepAsync();
        var before = webhook.Requests.Count;

        fails = false;
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.SweepAsync();

        before.ShouldBe(1, "what comes later waits for what came first");
        webhook.Requests.Skip(before).Select(r => (string?)AlertWorld.Body(r)["type"]).ShouldBe(["connection.lost", "connection.recovered"]);
    }

    [Fact]
    public async Task A_connection_that_was_deleted_meanwhile_is_told_of_with_what_is_known()
    {
        await using var world = new AlertWorld();
        var webhook = await world.AddWebhookAsync();
        await world.StartAsync();
        var id = await world.ConnectAsync();
        var definition = await world.Harness.DefinitionOfAsync(id);
        await world.LoseAsync(id);
        await world.Harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None);
        (await world.Harness.Store.TryRemoveAsync(definition, CancellationToken.None)).ShouldBeTrue();

        await world.SweepAsync();

        var body = AlertWorld.Body(webhook.Requests.Single());
        body["connection"]!.ToJsonString().ShouldBe($$"""{"id":"{{id}}"}""");
        body["definition"]!.ToJsonString().ShouldBe($$"""{"id":"{{definition.Id}}"}""");
        ((string?)body["failure"]!["providerCode"], (string?)body["guidance"], body["page"]).ShouldBe(("key_revoked", "Nothing to do: the connection was deleted meanwhile.", null));
    }

    [Fact]
    public async Task An_OAuth_client_that_is_refused_is_told_of_once_however_many_connections_it_has()
    {
        await using var world = new AlertWorld();
        var webhook = await world.AddWebhookAsync();
        await world.StartAsync();
        var definition = await world.Harness.DefineAsync("crm", "keys", "header");
        for (var i = 0; i < 3; i++)
            await world.Harness.ConnectAsync("crm", new() { ["apiKey"] = world.Harness.NewSecret("key") });
        var clients = world.Harness.Get<ClientHealth>();
        var refused = new Failure { Kind = FailureKind.ClientRejected, Message = "The client was refused.", ProviderCode = "invalid_client", At = world.Clock.GetUtcNow() };

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => clients.SetAsync(definition, refused))));
        await world.SweepAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => clients.SetAsync(definition, null))));
        await world.SweepAsync();

        webhook.Requests.Select(r => (string?)AlertWorld.Body(r)["type"]).ShouldBe(["client.rejected", "client.recovered"]);
        var body = AlertWorld.Body(webhook.Requests[0]);
        (body["connection"], (string?)body["definition"]!["key"], (string?)body["page"]).ShouldBe((null, "crm", "https://recipes.example/connections/definitions/crm"));
    }

    [Fact]
    public async Task One_target_that_does_not_answer_holds_up_no_other()
    {
        var hang = new TaskCompletionSource();
        await using var world = new AlertWorld();
        var silent = await world.AddWebhookAsync(_ => new Hanging(hang.Task));
        var good = await world.AddWebhookAsync();
        await world.With(("Alerts:Timeout", "00:00:01")).StartAsync(realTime: true);
        for (var i = 0; i < 40; i++)
            await world.LoseAsync(await world.ConnectAsync());

        var started = TimeProvider.System.GetTimestamp();
        await world.SweepAsync();
        var took = TimeProvider.System.GetElapsedTime(started);
        hang.SetResult();

        good.Requests.Count.ShouldBe(40);
        silent.Requests.Count.ShouldBeLessThanOrEqualTo(16, "40 would take five seconds in parallel");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        (await world.DeliveriesAsync()).Where(d => d.DeliveredAt is null).Select(d => d.Error).Distinct().ShouldBe(["It could not be reached: no answer in time."]);
    }

    [Fact]
    public async Task What_a_node_that_ends_had_not_sent_is_due_at_once_for_the_others()
    {
        using var ending = new CancellationTokenSource();
        await using var world = new AlertWorld();
        var answers = 0;
        var webhook = await world.AddWebhookAsync(_ =>
        {
            // In the middle of the round.
            if (Interlocked.Increment(ref answers) == 10)
                ending.Cancel();
            return null;
        });
        await world.StartAsync();
        for (var i = 0; i < 30; i++)
            await world.LoseAsync(await world.ConnectAsync());

        await Should.ThrowAsync<OperationCanceledException>(() => world.Harness.Get<AlertSweep>().RunAsync(ending.Token));
        var sentBefore = webhook.Requests.Count;
        await world.SweepAsync();

        sentBefore.ShouldBeInRange(10, 25);
        (await world.DeliveriesAsync()).ShouldAllBe(d => d.DeliveredAt != null);
    }

    [Fact]
    public async Task All_that_is_wrong_with_the_settings_is_said_at_once_and_no_secret_with_it()
    {
        await using var world = new AlertWorld();
        var password = Canaries.NewSecret("mail password");
        await world.With(
            ("Alerts:Webhooks:0:Address", "not an address"), ("Alerts:Webhooks:0:Secret", "short"),
            ("Alerts:Webhooks:1:Address", "https://127.0.0.1/hook?key=abc"), ("Alerts:Webhooks:1:Secret", world.Secret), ("Alerts:Webhooks:1:Kinds:0", "connection.gone"), ("Alerts:Webhooks:1:Name", "one two"),
            ("Alerts:Webhooks:2:Address", "http://hooks.example.com/"), ("Alerts:Webhooks:2:Name", "twice"), ("Alerts:Webhooks:3:Address", "https://hooks.example.com/"), ("Alerts:Webhooks:3:Name", "twice"), ("Alerts:Webhooks:3:Secret", "whsec_%%%"),
            ("Alerts:Mail:Host", "smtp.example.com:25"), ("Alerts:Mail:Port", "70000"), ("Alerts:Mail:Tls", "maybe"), ("Alerts:Mail:From", "nobody"), ("Alerts:Mail:Password", password),
            ("Alerts:Operators:0", "ann@example.com\r\nBcc: eve@example.com"), ("Alerts:Every", "00:00:00"), ("Alerts:GiveUpAfter", "90.00:00:00")).StartAsync();

        var faults = Should.Throw<OptionsValidationException>(() => world.Harness.Get<IOptions<AlertOptions>>().Value).Failures.ToList();

        string[] expected =
        [
            "Webhooks:0:Address must be an absolute", "Webhooks:0:Secret must be", "Webhooks:1:Address points at the private address 127.0.0.1", "Webhooks:1:Kinds: 'connection.gone'", "Webhooks:1:Name must be",
            "Webhooks:2:Address must be https", "Webhooks:2:Secret must be", "Webhooks:3:Secret must be", "Webhooks: several are called 'twice'", "Mail:Host must be", "Mail:Port must be", "Mail:Tls: 'maybe'", "Mail:From must be",
            "Mail:User and Password belong together", "Operators:0:", "Every must be", "GiveUpAfter must be",
        ];
        faults.Count.ShouldBe(expected.Length);
        faults.Zip(expected).ShouldAllBe(f => f.First.StartsWith($"Alerts:{f.Second}", StringComparison.Ordinal));
        Canaries.FindIn(string.Join('\n', faults), "faults").ShouldBeEmpty();
        string.Join('\n', faults).ShouldNotContain("key=abc");
    }

    private sealed class Hanging(Task until) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext) => await Task.WhenAny(until, Task.Delay(Timeout.Infinite, httpContext.RequestAborted));
    }
}
