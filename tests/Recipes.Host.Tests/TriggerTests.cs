using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Recipes.Engine;

namespace Recipes.Host.Tests;

/// <summary>Recipes that start by themselves: at times, when an app has something new, when a connection breaks.</summary>
public sealed class TriggerTests
{
    private const string EveryHour = """, "cron": "0 * * * *", "timeZone": "Europe/Berlin" """;

    [Theory]
    [InlineData("once", 1)]
    [InlineData("all", 5)]
    [InlineData("skip", 0)]
    public async Task After_a_stop_a_schedule_makes_up_for_what_its_rule_says_and_then_comes_on_time(string misfire, int madeUp)
    {
        await using var place = await Workplace.StartAsync(settings: TriggerPlace.ByHand);
        place.SaveRecipe("hourly", TriggerPlace.Recipe("hourly", "Recipes.Schedule", $"{EveryHour}, \"misfire\": \"{misfire}\"", "{{steps.start.dueAt}}"));
        await place.SwitchOnAsync("hourly");
        var first = (DateTimeOffset)(await place.TriggerAsync("hourly"))["nextAt"]!;
        await place.SweepAsync();
        (await place.RunsAsync("hourly")).ShouldBeEmpty("its time has not come");

        await place.StopHostAsync();
        place.Clock.Advance(first.AddHours(4.5) - place.Clock.GetUtcNow());
        await place.StartHostAsync();
        await place.SweepAsync();
        await place.SweepAsync();
        var late = await place.InputsAsync("hourly");
        await place.SweepWhenDueAsync("hourly");
        var all = await place.InputsAsync("hourly");

        late.Select(DueAt).Order().ShouldBe(Enumerable.Range(5 - madeUp, madeUp).Select(h => first.AddHours(h)));
        all.Select(DueAt).Last().ShouldBe(first.AddHours(5));
        all.Count.ShouldBe(madeUp + 1);
        ((string?)(await place.TriggerAsync("hourly"))["lastResult"]!["outcome"]).ShouldBe("started");
    }

    [Fact]
    public async Task A_trigger_is_switched_by_whoever_may_and_tells_others_neither_address_nor_cursor()
    {
        await using var place = await Workplace.StartAsync(settings: TriggerPlace.ByHand);
        await place.AddUserAsync("member", "createConnections");
        place.SaveRecipe("open", TriggerPlace.Recipe("open", "Recipes.Webhook", ", \"proof\": \"none\""));

        (await place.As("member").PostAsync("/api/recipes/open/triggers/start/on")).Is(HttpStatusCode.Forbidden);
        (await place.Operator.PostAsync("/api/recipes/open/triggers/other/on")).Is(HttpStatusCode.NotFound);
        (await place.Operator.PostAsync("/api/recipes/open/triggers/start/run")).Is(HttpStatusCode.Conflict);
        (await place.Operator.PostAsync("/api/recipes/open/triggers/start/on", new { secret = "0123456789abcdef" })).Is(HttpStatusCode.BadRequest);
        var address = (string)(await place.SwitchOnAsync("open"))["trigger"]!["webhookAddress"]!;
        var token = address[^20..];
        var seen = (await place.As("member").GetAsync("/api/triggers")).Is(HttpStatusCode.OK);

        seen.Text.ShouldNotContain(token);
        ((string?)seen.Json[0]!["state"]).ShouldBe("on");
        ((string?)(await place.SwitchOnAsync("open"))["trigger"]!["webhookAddress"]).ShouldBe(address, "switched on again, it is the same");
        ((string?)(await place.SwitchOnAsync("open", new { anew = true }))["trigger"]!["webhookAddress"]).ShouldNotBe(address);
        (await place.Stranger().PostAsync(new Uri(address).AbsolutePath)).Is(HttpStatusCode.NotFound);
        place.Logs.Entries.ShouldNotContain(e => e.Category.StartsWith("Recipes.", StringComparison.Ordinal) && e.Message.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_trigger_pauses_while_its_recipe_is_gone_or_its_person_may_not_and_says_so()
    {
        await using var place = await Workplace.StartAsync(settings: TriggerPlace.ByHand);
        place.SaveRecipe("hourly", TriggerPlace.Recipe("hourly", "Recipes.Schedule", EveryHour));
        await place.SwitchOnAsync("hourly");
        place.SaveRecipe("hourly", TriggerPlace.Recipe("hourly", "Recipes.Webhook", ""));

        await place.SweepAsync();
        var changed = (await place.Operator.GetAsync("/api/triggers")).Json[0]!;
        File.Delete(Path.Combine(place.RecipesFolder, "hourly.json"));
        place.Services.GetRequiredService<RecipeFolder>().Scan();
        await place.SweepAsync();
        var gone = (await place.Operator.GetAsync("/api/triggers")).Json[0]!;
        place.SaveRecipe("hourly", TriggerPlace.Recipe("hourly", "Recipes.Schedule", EveryHour));
        await place.SweepAsync();

        ((string?)changed["state"], (string?)changed["paused"]!["reason"]).ShouldBe(("paused", "changed"));
        ((string?)gone["paused"]!["reason"]).ShouldBe("recipe");
        ((string?)(await place.TriggerAsync("hourly"))["state"]).ShouldBe("on");
    }

    [PostgresFact]
    public async Task Two_nodes_that_look_at_once_start_one_run()
    {
        await using var first = await Workplace.StartAsync(postgres: await PostgresServer.SharedAsync(), settings: TriggerPlace.ByHand);
        await using var second = await Workplace.StartAsync(beside: first, settings: TriggerPlace.ByHand);
        foreach (var place in new[] { first, second })
        {
            for (var i = 0; i < 5; i++)
                place.SaveRecipe($"hourly-{i}", TriggerPlace.Recipe($"hourly-{i}", "Recipes.Schedule", EveryHour));
        }

        for (var i = 0; i < 5; i++)
            await first.SwitchOnAsync($"hourly-{i}");
        var due = (DateTimeOffset)(await first.TriggerAsync("hourly-0"))["nextAt"]! - first.Clock.GetUtcNow() + TimeSpan.FromSeconds(1);
        first.Clock.Advance(due);
        second.Clock.Advance(due);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => (i % 2 == 0 ? first : second).SweepAsync())));
        await first.SweepAsync();

        for (var i = 0; i < 5; i++)
            (await first.RunsAsync($"hourly-{i}")).Count.ShouldBe(1);
    }

    private static DateTimeOffset DueAt(JsonNode input)
    {
        var text = (string)input["dueAt"]!;
        text.ShouldMatch(@"\+0[12]:00$", "in the time zone of the schedule");
        return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
    }
}
