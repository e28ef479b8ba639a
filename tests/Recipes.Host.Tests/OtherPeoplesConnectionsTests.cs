using System.Net;

namespace Recipes.Host.Tests;

/// <summary>A rep's call never reaches the manager's connection, on any path. After each try the CRM's own record is looked at.</summary>
public sealed class OtherPeoplesConnectionsTests(SalesTeam team) : IClassFixture<SalesTeam>, IAsyncLifetime
{
    private int _recorded;

    private Workplace Place => team.Place;

    private Api Rep => Place.As("rep-one");

    public async Task InitializeAsync() => _recorded = Place is null ? 0 : (await Place.CrmRecordAsync()).Count;

    public Task DisposeAsync() => Task.CompletedTask;

    [CrmFact]
    public async Task Naming_the_manager_as_runtime_user_is_forbidden()
    {
        var call = await Rep.PostAsync("/api/recipes/create-opportunity/call", new { input = SalesTeam.Deal(), runtimeUser = "manager" });
        var look = await Rep.GetAsync("/api/recipes/create-opportunity/connections-needed?runtimeUser=manager");

        call.Is(HttpStatusCode.Forbidden).Detail!.ShouldContain("privilege to act as other users");
        look.Is(HttpStatusCode.Forbidden).Text.ShouldNotContain(team.Managers.ToString());
        await NothingReachedTheCrmAsync();
    }

    [CrmFact]
    public async Task Naming_anothers_connection_is_forbidden_in_the_same_words_as_an_unknown_one()
    {
        var words = new List<string>();
        foreach (var id in new[] { team.Managers, team.Tempting, team.Organisations, team.Basic, Guid.NewGuid() })
        {
            var call = await Rep.PostAsync("/api/recipes/create-opportunity/call", new { input = SalesTeam.Deal(), connections = new Dictionary<string, Guid> { ["crm"] = id } });
            words.Add(call.Is(HttpStatusCode.Forbidden).Detail!.Replace(id.ToString(), "ID", StringComparison.Ordinal));
        }

        words.Distinct().ShouldHaveSingleItem().ShouldContain("that you may use as 'crm'");
        await NothingReachedTheCrmAsync();
    }

    [CrmFact]
    public async Task Under_an_optional_policy_the_managers_own_connection_cannot_be_named_either()
    {
        var own = await SalesTeam.ConnectAsync(Place, "manager", "/connect/crm-optional");
        _recorded = (await Place.CrmRecordAsync()).Count;

        var call = await Rep.PostAsync("/api/recipes/log-activity/call", new { input = new { text = "x" }, connections = new Dictionary<string, Guid> { [Keys.Optional] = own } });

        call.Is(HttpStatusCode.Forbidden);
        await NothingReachedTheCrmAsync();
    }

    [CrmFact]
    public async Task A_key_that_the_recipe_does_not_use_cannot_be_given_a_connection()
    {
        var call = await Rep.PostAsync("/api/recipes/create-opportunity/call", new { input = SalesTeam.Deal(), connections = new Dictionary<string, Guid> { [Keys.Optional] = team.Organisations } });

        call.Is(HttpStatusCode.Forbidden).Detail!.ShouldContain("uses no connection 'crm-optional'");
        await NothingReachedTheCrmAsync();
    }

    [CrmFact]
    public async Task To_the_api_anothers_connection_is_one_that_does_not_exist()
    {
        var unknown = Guid.NewGuid();
        foreach (var (method, path) in new[] { ("GET", ""), ("POST", "/test"), ("POST", "/authorize"), ("POST", "/disconnect") })
        {
            async Task<string> AnswerAsync(Guid id) =>
                (await Rep.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/api/connections/{id}{path}"))).Is(HttpStatusCode.NotFound).Detail!.Replace(id.ToString(), "ID", StringComparison.Ordinal);

            (await AnswerAsync(team.Managers)).ShouldBe(await AnswerAsync(unknown));
        }

        (await Rep.GetAsync("/api/connections")).Is(HttpStatusCode.OK).Json.AsArray().Select(c => (Guid)c!["id"]!).ShouldBe([team.RepOnes]);
        ((string?)(await Place.As("manager").GetAsync($"/api/connections/{team.Managers}"))["state"]).ShouldBe("connected");
        await NothingReachedTheCrmAsync();
    }

    [CrmFact]
    public async Task Nobody_without_the_privilege_connects_for_others()
    {
        foreach (var owner in new object[] { "organisation", new { user = "manager" } })
        {
            (await Rep.PostAsync("/api/connections", new { definition = "crm", owner })).Is(HttpStatusCode.Forbidden);
            (await Rep.PostAsync("/api/connections", new { definition = Keys.Basic, owner, fields = new { username = "manager", password = "guessed-it" } })).Is(HttpStatusCode.Forbidden);
        }

        using var person = await Place.PersonAsync("rep-one");
        (await person.GetAsync("/connect/crm-optional?owner=organisation")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await NothingReachedTheCrmAsync();
    }

    [CrmFact]
    public async Task On_the_pages_anothers_connection_does_not_exist()
    {
        using var person = await Place.PersonAsync("rep-one");
        foreach (var path in new[] { $"/connect/crm?connection={team.Managers}", $"/connections/{team.Managers}", $"/connections/{team.Managers}/connected", $"/connections/{team.Managers}/disconnect" })
            (await person.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);

        // Forms of their own pages, pointed at the manager's connection.
        var connect = await person.SendFormAsync("/connect/crm", new() { ["connection"] = team.Managers.ToString() });
        var token = (await person.OpenAsync($"/connections/{team.RepOnes}")).QuerySelector("main form input[name=form-token]")!.GetAttribute("value")!;
        foreach (var action in new[] { "test", "disconnect" })
        {
            var sent = await person.Http.PostAsync(new Uri(Place.Address, $"/connections/{team.Managers}/{action}"), new FormUrlEncodedContent([new("form-token", token)]));
            sent.StatusCode.ShouldBe(HttpStatusCode.NotFound, action);
        }

        connect.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await person.OpenAsync("/connections")).Body!.InnerHtml.ShouldNotContain(team.Managers.ToString());
        ((string?)(await Place.As("manager").GetAsync($"/api/connections/{team.Managers}"))["state"]).ShouldBe("connected");
        await NothingReachedTheCrmAsync();
    }

    [CrmFact]
    public async Task The_managers_callback_does_nothing_in_the_reps_browser()
    {
        using var manager = await Place.PersonAsync("manager");
        using var rep = await Place.PersonAsync("rep-one");
        var callback = await manager.ConsentAsync("/connect/crm", "manager", Place.Crm.PasswordOf("manager"));

        using var taken = await rep.Http.GetAsync(callback);

        taken.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await taken.Content.ReadAsStringAsync()).ShouldContain("started in another browser");
        (await Rep.GetAsync("/api/connections")).Json.AsArray().Count.ShouldBe(1);
        await NothingReachedTheCrmAsync();
    }

    [CrmFact]
    public async Task A_flow_that_the_manager_began_cannot_be_ended_by_who_signs_in_at_the_same_browser()
    {
        using var browser = await Place.PersonAsync("manager");
        var callback = await browser.ConsentAsync("/connect/crm", "manager", Place.Crm.PasswordOf("manager"));
        (await browser.SendFormAsync("/connections", selector: "form.who")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        await browser.SignInAsync(Rep.Token!);

        using var ended = await browser.Http.GetAsync(callback);

        ended.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ended.Content.ReadAsStringAsync()).ShouldContain("started by another user");
        (await Rep.GetAsync("/api/connections")).Json.AsArray().Count.ShouldBe(1);
        await NothingReachedTheCrmAsync();
    }

    [CrmFact]
    public async Task A_callback_works_once_and_under_its_own_definition_only()
    {
        using var rep = await Place.PersonAsync("rep-two");
        var callback = await rep.ConsentAsync("/connect/crm", "rep-two", Place.Crm.PasswordOf("rep-two"));

        using var elsewhere = await rep.Http.GetAsync(new Uri(callback.AbsoluteUri.Replace("/callback/crm?", "/callback/crm-optional?", StringComparison.Ordinal)));
        using var afterwards = await rep.Http.GetAsync(callback);

        // The flow's cookie goes to every callback; the definition is what tells them apart, and one try is all there is.
        (await elsewhere.Content.ReadAsStringAsync()).ShouldContain("belongs to another connection definition");
        (await afterwards.Content.ReadAsStringAsync()).ShouldContain("completed already");
        (await Place.As("rep-two").GetAsync("/api/connections?state=connected")).Json.AsArray().ShouldBeEmpty();
    }

    [CrmFact]
    public async Task The_managers_runs_are_hidden()
    {
        var run = (Guid)(await Place.As("manager").CallAsync("create-opportunity", SalesTeam.Deal("Secret deal"))).Is(HttpStatusCode.OK)["runId"]!;
        var unknown = Guid.NewGuid();

        var hidden = (await Rep.GetAsync($"/api/runs/{run}")).Is(HttpStatusCode.NotFound).Detail!.Replace(run.ToString(), "ID", StringComparison.Ordinal);
        var absent = (await Rep.GetAsync($"/api/runs/{unknown}")).Is(HttpStatusCode.NotFound).Detail!.Replace(unknown.ToString(), "ID", StringComparison.Ordinal);

        hidden.ShouldBe(absent);
        (await Rep.GetAsync("/api/runs?most=200")).Text.ShouldNotContain(run.ToString());
        using var person = await Place.PersonAsync("rep-one");
        (await person.GetAsync($"/runs/{run}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await person.OpenAsync("/runs")).Body!.InnerHtml.ShouldNotContain(run.ToString());
    }

    [CrmFact]
    public async Task A_nested_recipe_acts_under_its_own_policy()
    {
        Place.SaveRecipe("two-policies", RecipeFiles.Sequence("two-policies",
            $"{RecipeFiles.Notification("Outer", Keys.Optional, "outer")}, {RecipeFiles.Call("Inner", "notify-manager", """{"subject":"inner","opportunityId":"opp-1"}""")}"));

        var refused = (await Place.As("rep-two").CallAsync("two-policies", new { })).Is(HttpStatusCode.Conflict);
        refused["missing"]!.AsArray().Select(m => (string)m!["key"]!).ShouldBe(["crm"]);
        await NothingReachedTheCrmAsync();

        var run = await Rep.GetAsync($"/api/runs/{(await Rep.CallAsync("two-policies", new { })).Is(HttpStatusCode.OK)["runId"]}");
        run["connections"]!.AsArray().Select(c => ((string)c!["key"]!, (Guid)c["connection"]!)).ShouldBe([(Keys.Optional, team.Organisations), (Keys.Required, team.RepOnes)], ignoreOrder: true);
        run["journal"]!.AsArray().Where(e => e!["requestLine"] is not null).Select(e => ((string)e!["step"]!, (Guid)e["connection"]!)).ShouldBe([("Outer", team.Organisations), ("Notify", team.RepOnes)]);
        (await Place.CrmRecordAsync())[0].Account.ShouldBe("rep-one");
    }

    [CrmFact]
    public async Task A_recipe_that_tightens_optional_to_required_never_falls_back()
    {
        Place.SaveRecipe("strict", RecipeFiles.Sequence(
            "strict", RecipeFiles.Notification("Note", Keys.Optional, "strict"), """ "customProperties": { "Recipes": { "runtimeUser": { "crm-optional": "required" } } }, """));

        var call = (await Place.As("rep-two").CallAsync("strict", new { })).Is(HttpStatusCode.Conflict);

        ((string?)call["missing"]![0]!["key"]).ShouldBe(Keys.Optional);
        await NothingReachedTheCrmAsync();
    }

    [CrmFact]
    public async Task Who_may_act_as_another_uses_that_users_connection_and_no_other()
    {
        var call = (await Place.Operator.PostAsync("/api/recipes/create-opportunity/call", new { input = SalesTeam.Deal("For rep-one"), runtimeUser = "rep-one" })).Is(HttpStatusCode.OK);

        ((string?)call["output"]!["createdBy"]).ShouldBe("rep-one");
        var run = (await Rep.GetAsync($"/api/runs/{call["runId"]}")).Is(HttpStatusCode.OK);
        ((string?)run["caller"], (string?)run["runtimeUser"]).ShouldBe(("operator", "rep-one"));
        await OnlyAsAsync("rep-one");

        var withManagers = new { input = SalesTeam.Deal(), runtimeUser = "rep-one", connections = new Dictionary<string, Guid> { ["crm"] = team.Managers } };
        (await Place.Operator.PostAsync("/api/recipes/create-opportunity/call", withManagers)).Is(HttpStatusCode.Forbidden);
        (await Place.Operator.PostAsync("/api/recipes/create-opportunity/call", new { input = SalesTeam.Deal(), runtimeUser = "rep-two" })).Is(HttpStatusCode.Conflict);
        await OnlyAsAsync("rep-one");
    }

    private async Task<IEnumerable<CrmActivity>> NewInTheCrmAsync()
    {
        var all = await Place.CrmRecordAsync();
        return all.Take(all.Count - _recorded);
    }

    private async Task NothingReachedTheCrmAsync() => (await NewInTheCrmAsync()).ShouldBeEmpty();

    private async Task OnlyAsAsync(string account) => (await NewInTheCrmAsync()).Select(a => a.Account).Distinct().ShouldBe([account]);
}
