using System.Net;
using System.Text.Json.Nodes;

namespace Recipes.Host.Tests;

/// <summary>A callable recipe acts in the CRM as the user who called it; the CRM's own record is the witness.</summary>
public sealed class MainJobTests(SalesTeam team) : IClassFixture<SalesTeam>
{
    private Workplace Place => team.Place;

    [CrmFact]
    public async Task The_opportunity_and_the_nested_notification_are_made_by_the_caller()
    {
        var before = (await Place.CrmRecordAsync()).Count;

        var call = (await Place.As("rep-one").CallAsync("create-opportunity", SalesTeam.Deal("Made by rep-one"))).Is(HttpStatusCode.OK);

        ((string?)call["status"]).ShouldBe("completed");
        var done = (await Place.CrmRecordAsync()).SkipLast(before).Where(a => a.Via == "oauth2").ToList();
        done.Select(a => (a.Account, a.Method, a.Path, a.Status)).ShouldBe(
            [("rep-one", "POST", "/api/notifications", 201), ("rep-one", "POST", "/api/opportunities", 201), ("rep-one", "GET", "/api/accounts", 200)]);
        using var session = await Place.Crm.LoginAsync("manager");
        var opportunity = JsonNode.Parse(await session.GetStringAsync($"/api/opportunities/{call["output"]!["opportunityId"]}"))!;
        ((string?)opportunity["createdBy"]).ShouldBe("rep-one");
        ((string?)call["output"]!["createdBy"]).ShouldBe("rep-one");
    }

    [CrmFact]
    public async Task The_journal_says_which_step_did_what_through_which_connection_as_whom()
    {
        var call = (await Place.As("rep-one").CallAsync("create-opportunity", SalesTeam.Deal())).Is(HttpStatusCode.OK);

        var run = (await Place.As("rep-one").GetAsync($"/api/runs/{call["runId"]}")).Is(HttpStatusCode.OK);

        ((string?)run["caller"]).ShouldBe("rep-one");
        ((string?)run["runtimeUser"]).ShouldBe("rep-one");
        var bound = run["connections"]!.AsArray().ShouldHaveSingleItem()!;
        ((Guid)bound["connection"]!, (string?)bound["key"], (string?)bound["actingAs"], (string?)bound["choice"]).ShouldBe((team.RepOnes, "crm", "rep-one", "runtimeUser"));
        var requests = run["journal"]!.AsArray().Where(e => e!["requestLine"] is not null).ToList();
        requests.Select(e => ((string)e!["step"]!, (int)e["depth"]!, (string?)e["actingAs"], (Guid)e["connection"]!, (int)e["status"]!, (string?)e["outcome"])).ShouldBe(
        [
            ("FindAccount", 0, "rep-one", team.RepOnes, 200, "Done"),
            ("CreateOpportunity", 0, "rep-one", team.RepOnes, 201, "Done"),
            ("Notify", 1, "rep-one", team.RepOnes, 201, "Done"),
        ]);
        requests.ShouldAllBe(e => ((string)e!["requestLine"]!).Contains($"{Place.Crm.IssuerText}/api/", StringComparison.Ordinal));
        requests.ShouldAllBe(e => ((string)e!["connectionName"]!).Length > 0);
    }

    [CrmFact]
    public async Task A_caller_without_a_connection_is_refused_before_any_step_and_told_where_to_authorise()
    {
        var before = (await Place.CrmRecordAsync()).Count;

        var call = (await Place.As("rep-two").CallAsync("create-opportunity", SalesTeam.Deal("Never made"))).Is(HttpStatusCode.Conflict);

        ((string?)call["runStatus"]).ShouldBe("refused");
        var missing = call["missing"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)missing["key"]).ShouldBe("crm");
        ((string)missing["reason"]!).ShouldContain("rep-two has no connection");
        var authorize = (string)missing["authorizeUrl"]!;
        authorize.ShouldBe($"{Place.Address}connect/crm?recipe=create-opportunity");
        call.Detail!.ShouldContain(authorize);
        using var person = await Place.PersonAsync("rep-two");
        (await person.OpenAsync(new Uri(authorize).AbsolutePath)).QuerySelector("h1")!.TextContent.Trim().ShouldStartWith("Connect");
        var run = (await Place.As("rep-two").GetAsync($"/api/runs/{call["runId"]}")).Is(HttpStatusCode.OK);
        ((string?)run["status"]).ShouldBe("refused");
        run["journal"]!.AsArray().ShouldBeEmpty();
        (await Place.CrmRecordAsync()).Count.ShouldBe(before);
    }

    [CrmFact]
    public async Task A_permission_that_was_not_given_is_named_before_any_step()
    {
        await Place.AddUserAsync("careful", "createConnections");
        using var person = await Place.PersonAsync("careful");
        var id = await person.ConnectAsync("/connect/crm", "rep-two", Place.Crm.PasswordOf("rep-two"), "scope.opportunities.write");
        var before = (await Place.CrmRecordAsync()).Count;

        var needed = (await Place.As("careful").GetAsync("/api/recipes/create-opportunity/connections-needed")).Is(HttpStatusCode.OK).Json.AsArray().ShouldHaveSingleItem()!;
        var call = (await Place.As("careful").CallAsync("create-opportunity", SalesTeam.Deal("Never made"))).Is(HttpStatusCode.Conflict);
        var during = (await Place.CrmRecordAsync()).Count;
        await person.ConnectAsync(new Uri((string)needed["authorizeUrl"]!).PathAndQuery, "rep-two", Place.Crm.PasswordOf("rep-two"));
        var again = (await Place.As("careful").CallAsync("create-opportunity", SalesTeam.Deal())).Is(HttpStatusCode.OK);

        needed["missingScopes"]!.AsArray().Select(s => (string)s!).ShouldBe(["opportunities.write"]);
        var missing = call["missing"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)missing["reason"]!).ShouldContain("lacks the permission opportunities.write");
        ((string)missing["authorizeUrl"]!).ShouldBe($"{Place.Address}connect/crm?connection={id}&recipe=create-opportunity");
        during.ShouldBe(before);
        ((string?)again["status"]).ShouldBe("completed");
    }

    [CrmFact]
    public async Task An_optional_connection_falls_back_to_the_organisations_and_the_run_says_so()
    {
        var call = (await Place.As("rep-two").CallAsync("log-activity", new { text = "Visited Globex" })).Is(HttpStatusCode.OK);

        ((string?)call["status"]).ShouldBe("completed");
        ((string?)call["output"]!["createdBy"]).ShouldBe("manager");
        var run = await Place.As("rep-two").GetAsync($"/api/runs/{call["runId"]}");
        var bound = run["connections"]!.AsArray().ShouldHaveSingleItem()!;
        ((Guid)bound["connection"]!, (string?)bound["choice"]).ShouldBe((team.Organisations, "fellBackToOrganisation"));
    }

    [CrmFact]
    public async Task A_missing_permission_is_told_apart_and_leaves_the_connection_connected()
    {
        var call = (await Place.As("rep-one").CallAsync("read-forecast", new { })).Is(HttpStatusCode.OK);

        ((string?)call["status"]).ShouldBe("faulted");
        ((string?)call["failure"]!["kind"]).ShouldBe("insufficientPermissions");
        ((string?)call["failure"]!["step"]).ShouldBe("ReadForecast");
        ((string)call["failure"]!["guidance"]!).ShouldContain("permissions");
        var connection = await Place.As("rep-one").GetAsync($"/api/connections/{team.RepOnes}");
        ((string?)connection["state"]).ShouldBe("connected");
        connection["limitations"]!.AsArray().Select(l => (string)l!["action"]!).ShouldBe(["SandboxCrm.ReadForecast"]);
        connection["health"]!.ToString().ShouldNotBe("red");
    }

    [CrmFact]
    public async Task A_changed_password_is_told_apart_stops_all_requests_and_is_healed_by_a_test_once_it_is_put_right()
    {
        var old = Place.Crm.PasswordOf("manager");
        string? held;
        ((string?)(await Place.As("manager").CallAsync("list-opportunities", new { }))["status"]).ShouldBe("completed");
        await Place.Crm.ChangePasswordAsync("manager", Canaries.NewSecret("the manager's new password"));
        try
        {
            var refused = (await Place.As("manager").CallAsync("list-opportunities", new { })).Is(HttpStatusCode.Accepted);
            (held, var status) = ((string?)refused["runId"], (string?)refused["status"]);
            status.ShouldBe("held");
            ((string?)refused["failure"]!["kind"]).ShouldBe("modifiedCredentials");
            ((string)refused["failure"]!["guidance"]!).ShouldContain("credentials");
            ((string?)(await Place.As("manager").GetAsync($"/api/connections/{team.Basic}"))["state"]).ShouldBe("suspect");

            var before = (await Place.CrmRecordAsync()).Count;
            var again = (await Place.As("manager").CallAsync("list-opportunities", new { })).Is(HttpStatusCode.Conflict);
            again.Detail!.ShouldContain("is being checked");
            (await Place.CrmRecordAsync()).Count.ShouldBe(before);
        }
        finally
        {
            await Place.Crm.ChangePasswordAsync("manager", old);
        }

        var test = (await Place.As("manager").PostAsync($"/api/connections/{team.Basic}/test")).Is(HttpStatusCode.OK);
        ((bool)test["passed"]!).ShouldBeTrue();
        ((string?)(await Place.As("manager").CallAsync("list-opportunities", new { }))["status"]).ShouldBe("completed");
        await Waiting.UntilAsync(async () => (string?)(await Place.As("manager").GetAsync($"/api/runs/{held}"))["status"] == "completed");
    }

    [CrmFact]
    public async Task A_request_of_ones_own_is_sent_with_the_api_key()
    {
        async Task<int> ByKeyAsync() => (await Place.CrmRecordAsync()).Count(a => a.Via == "api-key");
        var before = await ByKeyAsync();

        var call = (await Place.As("rep-two").CallAsync("whoami-by-key", new { })).Is(HttpStatusCode.OK);

        ((string?)call["output"]!["user"], (string?)call["output"]!["role"]).ShouldBe(("manager", "manager"));
        (await ByKeyAsync()).ShouldBeGreaterThan(before);
    }

    [CrmFact]
    public async Task A_call_that_does_not_wait_is_accepted_and_its_run_can_be_read_until_it_completed()
    {
        var call = (await Place.As("rep-one").PostAsync("/api/recipes/create-opportunity/call", new { input = SalesTeam.Deal("Not waited for"), wait = false })).Is(HttpStatusCode.Accepted);

        ((string?)call["status"]).ShouldBe("running");
        call.Headers.Location!.OriginalString.ShouldBe($"/api/runs/{call["runId"]}");
        var run = await EndOfAsync(call.Headers.Location.OriginalString);
        ((string?)run["status"]).ShouldBe("completed");
        ((string?)run["output"]!["createdBy"]).ShouldBe("rep-one");
    }

    [CrmFact]
    public async Task A_restart_of_the_crm_keeps_the_grant()
    {
        await Place.Crm.RestartAsync();

        var call = (await Place.As("rep-one").CallAsync("create-opportunity", SalesTeam.Deal("After the restart"))).Is(HttpStatusCode.OK);

        ((string?)call["output"]!["createdBy"]).ShouldBe("rep-one");
    }

    [CrmFact]
    public async Task An_outage_of_the_crm_is_told_apart_and_changes_no_state()
    {
        await Place.Crm.DownAsync();
        try
        {
            var call = (await Place.As("rep-one").CallAsync("create-opportunity", SalesTeam.Deal("Never sent"))).Is(HttpStatusCode.OK);

            ((string?)call["failure"]!["kind"]).ShouldBe("unavailable");
            ((string?)(await Place.As("rep-one").GetAsync($"/api/connections/{team.RepOnes}"))["state"]).ShouldBe("connected");
        }
        finally
        {
            await Place.Crm.UpAsync();
        }
    }

    [CrmFact]
    public async Task Fifty_calls_at_once_on_an_expired_token_make_one_refresh()
    {
        var refreshed = Refreshes(team.RepOnes);
        Place.Clock.Advance(TimeSpan.FromMinutes(11));

        var calls = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Place.As("rep-one").CallAsync("create-opportunity", SalesTeam.Deal($"Number {i}"))));

        calls.ShouldAllBe(c => (string?)c["status"] == "completed");
        calls.ShouldAllBe(c => (string?)c["output"]!["createdBy"] == "rep-one");
        (Refreshes(team.RepOnes) - refreshed).ShouldBe(1);
    }

    private int Refreshes(Guid connection) =>
        Place.Logs.Entries.Count(e => e.Message.StartsWith($"Connection {connection} was refreshed", StringComparison.Ordinal));

    private async Task<Answer> EndOfAsync(string run)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        Answer answer;
        do
        {
            answer = (await Place.As("rep-one").GetAsync(run)).Is(HttpStatusCode.OK);
        }
        while ((string?)answer["status"] == "running" && await tick.WaitForNextTickAsync(limit.Token));
        return answer;
    }
}
