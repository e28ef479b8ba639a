using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Recipes.Engine;

namespace Recipes.Host.Tests;

/// <summary>Deliveries to webhooks: each genuine one starts one run, whatever else comes.</summary>
public sealed class HookTests
{
    [Fact]
    public async Task A_signed_delivery_starts_one_run_however_often_it_comes_and_no_other_does()
    {
        await using var place = await Workplace.StartAsync(settings: TriggerPlace.ByHand);
        place.SaveRecipe("signed", TriggerPlace.Recipe("signed", "Recipes.Webhook", "", "{{steps.start.body.amount}}"));
        var on = await place.SwitchOnAsync("signed");
        var (path, secret) = (new Uri((string)on["trigger"]!["webhookAddress"]!).AbsolutePath, (string)on["newSecret"]!);
        using var sender = place.Stranger();
        Task<Answer> Send(string id, string body, TimeSpan? ago = null, string? signedBody = null, string? to = null) => sender.SendAsync(Signed(to ?? path, secret, id, body, place.Clock.GetUtcNow() - (ago ?? TimeSpan.Zero), signedBody));

        (await Send("msg-1", """{"amount": 7}""")).Is(HttpStatusCode.Accepted);
        (await Send("msg-1", """{"amount": 7}""")).Is(HttpStatusCode.Accepted);
        (await Send("msg-2", """{"amount": 9999}""", signedBody: """{"amount": 1}""")).Is(HttpStatusCode.Unauthorized);
        (await Send("msg-3", "{}", ago: TimeSpan.FromMinutes(6))).Is(HttpStatusCode.Unauthorized);
        (await sender.PostAsync(path, new { amount = 1 })).Is(HttpStatusCode.Unauthorized);
        (await Send("msg-4", "{}", to: path[..^1] + (path[^1] == 'A' ? 'B' : 'A'))).Is(HttpStatusCode.NotFound);
        (await Send("msg-5", $"\"{new string('x', 1024 * 1024)}\"")).Is(HttpStatusCode.RequestEntityTooLarge);
        var refused = await place.TriggerAsync("signed");
        (await place.Operator.PostAsync("/api/recipes/signed/triggers/start/off")).Is(HttpStatusCode.OK);
        (await Send("msg-6", """{"amount": 8}""")).Is(HttpStatusCode.Gone);

        var input = (await place.InputsAsync("signed")).ShouldHaveSingleItem();
        ((int)input["body"]!["amount"]!, (string?)input["headers"]!["webhook-signature"]).ShouldBe((7, null));
        ((string?)refused["lastResult"]!["outcome"]).ShouldBe("refused");
    }

    [Fact]
    public async Task A_burst_is_put_off_and_nothing_that_was_accepted_is_lost()
    {
        var gate = new TaskCompletionSource();
        await using var place = await Workplace.StartAsync(configure: b => Gate.Register(b.Services, gate.Task), settings: TriggerPlace.ByHand);
        place.SaveRecipe("open", TriggerPlace.Recipe("open", "Recipes.Webhook", ", \"proof\": \"none\""));
        var path = new Uri((string)(await place.SwitchOnAsync("open"))["trigger"]!["webhookAddress"]!).AbsolutePath;
        using var sender = place.Stranger();

        var deliveries = Enumerable.Range(0, 40).Select(i => sender.PostAsync(path, new { i })).ToList();
        await Waiting.UntilAsync(() => deliveries.Count(d => d.IsCompleted) == 24);
        gate.SetResult();
        var answers = await Task.WhenAll(deliveries);

        var putOff = answers.Where(a => a.Status == HttpStatusCode.TooManyRequests).ToList();
        putOff.Count.ShouldBe(24);
        putOff.ShouldAllBe(a => a.Headers.RetryAfter!.Delta == TimeSpan.FromSeconds(2));
        answers.Count(a => a.Status == HttpStatusCode.Accepted).ShouldBe(16);
        (await place.RunsAsync("open")).Count.ShouldBe(16);
        (await sender.PostAsync(path, new { i = 40 })).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_delivery_whose_node_dies_before_the_run_is_stored_comes_again_and_starts_one()
    {
        var mortality = new Mortality();
        await using var place = await Workplace.StartAsync(configure: b => MortalStore<IRunStore>.Register(b.Services, mortality), settings: TriggerPlace.ByHand);
        place.SaveRecipe("open", TriggerPlace.Recipe("open", "Recipes.Webhook", ", \"proof\": \"none\""));
        var path = new Uri((string)(await place.SwitchOnAsync("open"))["trigger"]!["webhookAddress"]!).AbsolutePath;
        using var sender = place.Stranger();
        HttpRequestMessage Delivery() => new(HttpMethod.Post, path) { Headers = { { "Idempotency-Key", "one" } }, Content = new StringContent("{}", Encoding.UTF8, "application/json") };

        mortality.DieAfter(0, nameof(IRunStore.StartAsync));
        (await sender.SendAsync(Delivery())).Is(HttpStatusCode.InternalServerError);
        mortality.Revive();
        (await sender.SendAsync(Delivery())).Is(HttpStatusCode.Accepted);
        (await sender.SendAsync(Delivery())).Is(HttpStatusCode.Accepted);

        (await place.RunsAsync("open")).Count.ShouldBe(1);
    }

    private static HttpRequestMessage Signed(string path, string secret, string id, string body, DateTimeOffset at, string? signedBody)
    {
        var stamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{stamp}.{signedBody ?? body}"));
        return new(HttpMethod.Post, path)
        {
            Headers = { { "webhook-id", id }, { "webhook-timestamp", stamp }, { "webhook-signature", $"v1,{Convert.ToBase64String(signature)}" } },
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
    }
}
