using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Recipes.Engine;

namespace Recipes.Host.Tests;

/// <summary>Triggers on the sandbox CRM: each record to one run, through outages, broken connections and nodes that die.</summary>
public sealed class PollTests
{
    [CrmFact]
    public async Task Each_record_starts_one_run_however_the_pages_come()
    {
        await using var place = await StartAsync();
        await MakeAsync(place, "before");
        await place.SwitchOnAsync("deals");
        await place.SweepAsync();
        (await place.RunsAsync("deals")).ShouldBeEmpty("only what comes after it was switched on");

        await MakeAsync(place, "one", "two");
        await place.SweepWhenDueAsync("deals");
        await place.SweepWhenDueAsync("deals");
        await ControlAsync(place, "shufflePages", true);
        await MakeAsync(place, "three", "four", "five");
        await place.SweepWhenDueAsync("deals");
        await place.SweepWhenDueAsync("deals");

        (await NamesAsync(place)).ShouldBe(["one", "two", "three", "four", "five"], ignoreOrder: true);
        var trigger = await place.TriggerAsync("deals");
        ((string?)trigger["lastResult"]!["outcome"], (int)trigger["failures"]!).ShouldBe(("nothing", 0));
        trigger["cursor"].ShouldNotBeNull();
    }

    [CrmFact]
    public async Task An_outage_is_waited_out_ever_longer_and_nothing_of_it_is_missed()
    {
        await using var place = await StartAsync();
        await place.SwitchOnAsync("deals");
        await place.SweepAsync();
        await MakeAsync(place, "before it went down");
        await place.Crm.DownAsync();

        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 6; i++)
        {
            await place.SweepWhenDueAsync("deals");
            var now = place.Clock.GetUtcNow();
            await place.SweepAsync();
            var trigger = await place.TriggerAsync("deals");
            ((int)trigger["failures"]!, (string?)trigger["lastResult"]!["kind"]).ShouldBe((i + 1, "unavailable"), "looked at again it is not asked again");
            pauses.Add((DateTimeOffset)trigger["nextAt"]! - now);
        }

        await place.Crm.UpAsync();
        await place.SweepWhenDueAsync("deals");

        pauses[5].ShouldBeGreaterThan(TimeSpan.FromMinutes(15));
        (await NamesAsync(place)).ShouldBe(["before it went down"]);
        ((int)(await place.TriggerAsync("deals"))["failures"]!).ShouldBe(0);
    }

    [CrmFact]
    public async Task A_broken_connection_pauses_it_and_once_healed_it_goes_on_from_its_cursor()
    {
        await using var place = await StartAsync();
        await place.SwitchOnAsync("deals");
        await place.SweepAsync();
        await MakeAsync(place, "before it broke");
        await place.SweepWhenDueAsync("deals");
        var connection = (await place.Operator.GetAsync("/api/connections?definition=crm-key")).Json[0]!["id"]!;
        await place.Crm.RevokeApiKeyAsync("manager", await KeyIdAsync(place));

        await place.SweepWhenDueAsync("deals");
        var asked = (await PollsAsync(place)).Count;
        await MakeAsync(place, "while it was broken");
        for (var i = 0; i < 3; i++)
            await place.SweepWhenDueAsync("deals");
        var paused = await place.TriggerAsync("deals");
        var (_, key) = await place.Crm.CreateApiKeyAsync("manager");
        (await place.Operator.SendAsync(new(HttpMethod.Patch, $"/api/connections/{connection}") { Content = JsonContent.Create(new { fields = new { apiKey = key } }) })).Is(HttpStatusCode.OK);
        (await place.Operator.PostAsync($"/api/connections/{connection}/test")).Is(HttpStatusCode.OK);
        await place.SweepAsync();

        ((string?)paused["state"], (string?)paused["paused"]!["reason"]).ShouldBe(("paused", "connection"));
        paused["paused"]!["authorizeUrl"].ShouldNotBeNull();
        (await NamesAsync(place)).ShouldBe(["before it broke", "while it was broken"]);
        (await PollsAsync(place)).Count(p => p.Status == 401).ShouldBeLessThanOrEqualTo(2, "a broken connection is asked nothing");
        asked.ShouldBeGreaterThan(0);
        ((string?)(await place.TriggerAsync("deals"))["state"]).ShouldBe("on");
    }

    [CrmFact]
    public async Task Wherever_a_node_dies_between_taking_a_record_in_and_moving_the_cursor_each_has_one_run()
    {
        var mortality = new Mortality();
        await using var place = await StartAsync(mortality);
        await place.SwitchOnAsync("deals");
        await place.SweepAsync();
        string[] all = [];

        var cursors = new List<string>();
        foreach (var (method, calls) in (IEnumerable<(string, int)>)[.. Enumerable.Range(0, 4).Select(i => (nameof(IRunStore.StartAsync), i)), .. Enumerable.Range(0, 2).Select(i => (nameof(ITriggerStore.TryWriteAsync), i))])
        {
            string[] more = [$"{method} {calls} a", $"{method} {calls} b", $"{method} {calls} c"];
            all = [.. all, .. more];
            await MakeAsync(place, more);
            var next = (DateTimeOffset)(await place.TriggerAsync("deals"))["nextAt"]!;
            place.Clock.Advance(next - place.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
            mortality.DieAfter(calls, method);
            await place.SweepAsync();
            (mortality.HasDied || calls > 2 || method == nameof(ITriggerStore.TryWriteAsync)).ShouldBeTrue();
            mortality.Revive();

            // Its claim is over after two minutes, and somebody else has its turn.
            place.Clock.Advance(TimeSpan.FromMinutes(3));
            await place.SweepAsync();
            (await NamesAsync(place)).ShouldBe(all, ignoreOrder: true);
            cursors.Add((await place.TriggerAsync("deals"))["cursor"]!.ToJsonString());
        }

        cursors.Distinct().Count().ShouldBe(cursors.Count, "the cursor moved each time");
    }

    [CrmFact]
    public async Task A_webhook_is_registered_through_the_connection_delivers_once_and_is_taken_back()
    {
        await using var place = await StartAsync();
        place.SaveRecipe("told", TriggerPlace.Recipe("told", "SandboxCrm.OpportunityEvent", Key, "{{steps.start.name}}"));
        await ControlAsync(place, "duplicateDeliveries", true);

        var on = await place.SwitchOnAsync("told");
        await MakeAsync(place, "told at once");
        await Waiting.UntilAsync(async () => (await place.RunsAsync("told")).Count > 0);
        var registered = await HooksAsync(place);
        (await place.Operator.PostAsync("/api/recipes/told/triggers/start/off")).Is(HttpStatusCode.OK);
        await MakeAsync(place, "told to nobody");

        ((bool)on["trigger"]!["isRegistered"]!, on["newSecret"]).ShouldBe((true, null));
        registered.ShouldBe(1);
        (await HooksAsync(place)).ShouldBe(0);
        ((string?)(await place.InputsAsync("told")).ShouldHaveSingleItem()["name"]).ShouldBe("told at once");
    }

    [CrmFact]
    public async Task A_connection_that_is_lost_and_healed_starts_one_run_each()
    {
        await using var place = await StartAsync();
        place.SaveRecipe("watch", TriggerPlace.Recipe("watch", "Recipes.ConnectionEvent", $", \"connection\": {RecipeFiles.Literal(Keys.ApiKey)}", "{{steps.start.connectionName}}"));
        await place.SwitchOnAsync("watch");
        var connection = (await place.Operator.GetAsync("/api/connections?definition=crm-key")).Json[0]!["id"]!;
        await place.Crm.RevokeApiKeyAsync("manager", await KeyIdAsync(place));

        // The first refusal only makes it suspect.
        for (var i = 0; i < 2; i++)
        {
            (await place.Operator.PostAsync($"/api/connections/{connection}/test")).Is(HttpStatusCode.OK);
            place.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await place.SweepAsync();
        var (_, key) = await place.Crm.CreateApiKeyAsync("manager");
        (await place.Operator.SendAsync(new(HttpMethod.Patch, $"/api/connections/{connection}") { Content = JsonContent.Create(new { fields = new { apiKey = key } }) })).Is(HttpStatusCode.OK);
        (await place.Operator.PostAsync($"/api/connections/{connection}/test")).Is(HttpStatusCode.OK);
        for (var i = 0; i < 4; i++)
            await place.SweepWhenDueAsync("watch");
        place.Clock.Advance(TimeSpan.FromMinutes(10));
        await place.SweepAsync();

        (await place.InputsAsync("watch")).Select(i => ((string?)i["event"], (string?)i["key"], (string?)i["connectionId"])).ShouldBe([("lost", Keys.ApiKey, (string?)connection), ("healed", Keys.ApiKey, (string?)connection)]);
    }

    [CrmFact]
    public async Task Without_its_connection_a_trigger_is_not_switched_on_and_says_where_to_authorise_it()
    {
        await using var place = await StartAsync();
        place.SaveRecipe("other", TriggerPlace.Recipe("other", "SandboxCrm.OpportunityCreated", $", \"connection\": {RecipeFiles.Literal(Keys.Optional)}"));

        var refused = (await place.Operator.PostAsync("/api/recipes/other/triggers/start/on")).Is(HttpStatusCode.Conflict);

        ((string?)refused["type"]).ShouldBe("urn:recipes:problem:connection-missing");
        ((string?)refused["missing"]![0]!["authorizeUrl"]).ShouldStartWith($"{place.Address}connect/crm-optional");
        ((string?)(await place.TriggerAsync("other"))["state"]).ShouldBe("off");
    }

    private static string Key => $", \"connection\": {RecipeFiles.Literal(Keys.ApiKey)}";

    private static async Task<Workplace> StartAsync(Mortality? mortality = null)
    {
        var place = await Workplace.StartAsync(withCrm: true, settings: TriggerPlace.ByHand, configure: b =>
        {
            if (mortality is null)
                return;
            MortalStore<IRunStore>.Register(b.Services, mortality);
            MortalStore<ITriggerStore>.Register(b.Services, mortality);
        });
        await SalesTeam.SetUpAsync(place);
        var (_, key) = await place.Crm.CreateApiKeyAsync("manager");
        (await place.Operator.PostAsync("/api/connections", new { definition = Keys.ApiKey, owner = "organisation", fields = new { apiKey = key } })).Is(HttpStatusCode.Created);
        place.SaveRecipe("deals", TriggerPlace.Recipe("deals", "SandboxCrm.OpportunityCreated", Key, "{{steps.start.name}}"));
        return place;
    }

    private static async Task MakeAsync(Workplace place, params string[] names)
    {
        using var client = Manager(place);
        var account = (await client.GetFromJsonAsync<JsonNode>("/api/accounts?name=Acme"))!["items"]![0]!["id"];
        foreach (var name in names)
            (await client.PostAsJsonAsync("/api/opportunities", new { accountId = (string)account!, name, amount = 10 })).EnsureSuccessStatusCode();
    }

    private static async Task ControlAsync(Workplace place, string name, bool value)
    {
        using var client = Manager(place);
        (await client.PatchAsJsonAsync("/api/control", new Dictionary<string, bool> { [name] = value })).EnsureSuccessStatusCode();
    }

    private static async Task<string> KeyIdAsync(Workplace place)
    {
        using var client = Manager(place);
        return (string)(await client.GetFromJsonAsync<JsonNode>("/api/me/api-keys"))!["items"]![0]!["id"]!;
    }

    private static async Task<int> HooksAsync(Workplace place)
    {
        using var client = Manager(place);
        return (await client.GetFromJsonAsync<JsonNode>("/api/webhooks"))!["items"]!.AsArray().Count;
    }

    private static async Task<IReadOnlyList<CrmActivity>> PollsAsync(Workplace place) => [.. (await place.CrmRecordAsync()).Where(a => a is { Method: "GET", Path: "/api/opportunities" })];

    private static async Task<IReadOnlyList<string>> NamesAsync(Workplace place) => [.. (await place.InputsAsync("deals")).Select(i => (string)i["name"]!)];

    private static HttpClient Manager(Workplace place)
    {
        var client = new HttpClient { BaseAddress = place.Crm.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"manager:{place.Crm.PasswordOf("manager")}")));
        return client;
    }
}
