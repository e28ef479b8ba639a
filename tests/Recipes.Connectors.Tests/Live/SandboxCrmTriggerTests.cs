using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Recipes.Connections;
using Recipes.Testing;

namespace Recipes.Connectors.Tests;

/// <summary>The triggers of the sandbox CRM against the CRM, with the trouble that it makes when it is told to.</summary>
public sealed class SandboxCrmTriggerTests
{
    private static readonly Dictionary<string, object?> s_none = [];

    [CrmFact]
    public async Task Every_change_is_polled_once_although_pages_come_in_no_order()
    {
        await using var crm = await SandboxCrm.StartAsync("http://127.0.0.1:9/callback");
        await using var connection = await ConnectAsync(crm);
        var trigger = (PollTrigger)AppConnection.Catalogue.FindTrigger("SandboxCrm.OpportunityChanged")!;
        var client = await connection.ClientAsync();
        await crm.SwitchAsync(("shufflePages", true));
        var (cursor, handed, wanted) = ((string?)null, new List<string>(), new List<string>());
        async Task PollAsync()
        {
            for (var more = true; more;)
            {
                var page = (await trigger.PollAsync(client, s_none, cursor, FirstPoll.All, TimeProvider.System.GetUtcNow(), CancellationToken.None)).ShouldBeOfType<PollAnswer.Page>();
                handed.AddRange(page.Records.Select(r => r.Id));
                (cursor, more) = (page.Cursor, page.HasMore);
            }
        }

        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 90; i++)
            {
                var created = await connection.OutputAsync("SandboxCrm.CreateOpportunity", $$"""{ "accountId": "acc-1", "opportunityName": "o{{round}}-{{i}}", "amount": 1 }""");
                wanted.Add($"{created["id"]}@1");
            }

            await PollAsync();
            await connection.OutputAsync("SandboxCrm.SendRequest", $$"""{ "method": "PATCH", "path": "/opportunities/opp-{{round + 1}}", "body": { "amount": 2 } }""");
            wanted.Add($"opp-{round + 1}@2");
            await PollAsync();
        }

        await crm.SwitchAsync(("outage", true));
        var down = await trigger.PollAsync(client, s_none, cursor, FirstPoll.All, TimeProvider.System.GetUtcNow(), CancellationToken.None);

        handed.Order().ShouldBe(wanted.Order());
        down.ShouldBeOfType<PollAnswer.Failed>().Failure.Kind.ShouldBe(FailureKind.Unavailable);
    }

    [CrmFact]
    public async Task Deliveries_that_come_twice_and_in_any_order_bring_each_event_once()
    {
        await using var crm = await SandboxCrm.StartAsync("http://127.0.0.1:9/callback");
        await using var connection = await ConnectAsync(crm);
        await using var app = await LoopbackApp.StartAsync();
        var trigger = (WebhookTrigger)AppConnection.Catalogue.FindTrigger("SandboxCrm.OpportunityEvent")!;
        var client = await connection.ClientAsync();
        var (secret, deliveries, all) = (trigger.CreateSecret(), new ConcurrentQueue<WebhookVerdict>(), new TaskCompletionSource());
        app.AnswersBy = (context, body) =>
        {
            deliveries.Enqueue(trigger.Read(MessageOf(context, body), s_none, secret, TimeProvider.System.GetUtcNow()));
            if (deliveries.Count == 40)
                all.TrySetResult();
            return "";
        };
        var inputs = new Dictionary<string, object?> { ["events"] = new List<object?> { "opportunity.created", "opportunity.updated" } };
        var address = new Uri($"http://{app.Host}/hooks/abc");
        await crm.SwitchAsync(("duplicateDeliveries", true), ("shuffleDeliveries", true));

        var registered = (await trigger.RegisterAsync(client, inputs, address, secret, TimeProvider.System.GetUtcNow(), CancellationToken.None)).ShouldBeOfType<RegistrationAnswer.Registered>();
        for (var i = 0; i < 20; i++)
            await connection.OutputAsync("SandboxCrm.CreateOpportunity", $$"""{ "accountId": "acc-1", "opportunityName": "o{{i}}", "amount": 1 }""");
        await all.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var removed = await trigger.UnregisterAsync(client, inputs, registered.Registration, TimeProvider.System.GetUtcNow(), CancellationToken.None);
        var again = await trigger.UnregisterAsync(client, inputs, registered.Registration, TimeProvider.System.GetUtcNow(), CancellationToken.None);

        var events = deliveries.Select(d => d.ShouldBeOfType<WebhookVerdict.Accepted>((d as WebhookVerdict.Rejected)?.Reason).Events.Single()).DistinctBy(e => e.Id).ToList();
        events.Select(e => e.Data["name"]).Order().ShouldBe(Enumerable.Range(0, 20).Select(object? (i) => $"o{i}").Order());
        events.ShouldAllBe(e => (string)e.Data["event"]! == "opportunity.created");
        (removed, again).ShouldBe((null, null));
    }

    private static Task<AppConnection> ConnectAsync(SandboxCrm crm) => AppConnection.ConnectAsync(
        crm.BaseAddress, "sandbox-crm", "basic", new() { ["address"] = crm.IssuerText, ["username"] = "rep-one", ["password"] = crm.PasswordOf("rep-one") });

    private static WebhookMessage MessageOf(HttpContext context, string body) => new(
        context.Request.Method, new Uri(context.Request.GetEncodedUrl()), context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        context.Request.Query.ToDictionary(q => q.Key, q => q.Value[0] ?? ""), Encoding.UTF8.GetBytes(body));
}
