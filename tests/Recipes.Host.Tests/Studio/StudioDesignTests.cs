using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Recipes.Engine;

namespace Recipes.Host.Tests;

/// <summary>What a designer does in Studio, as Studio asks for it: nothing that was not edited changes, nothing is written over that somebody else wrote.</summary>
public sealed class StudioDesignTests(SalesTeam team) : IClassFixture<SalesTeam>
{
    private Workplace Place => team.Place;

    private Designer Studio => new(Place.Operator, "one window");

    [CrmTheory]
    [InlineData("create-opportunity")]
    [InlineData("list-opportunities")]
    [InlineData("log-activity")]
    [InlineData("notify-manager")]
    [InlineData("read-forecast")]
    [InlineData("whoami-by-key")]
    public async Task A_recipe_that_is_opened_and_saved_stays_as_it_is_and_an_edit_changes_its_own_lines_alone(string recipe)
    {
        await using var place = await Workplace.StartAsync();
        var studio = new Designer(place.Operator, "one window");
        var file = Path.Combine(place.RecipesFolder, $"{recipe}.json");
        var before = await File.ReadAllLinesAsync(file);
        await DefineAsync(place);

        var opened = await studio.OpenAsync(recipe);
        var untouched = await studio.SaveAsync(opened);
        // Studio puts the step that was edited last.
        var steps = untouched["root"]!["activities"]!.AsArray();
        var first = steps[0]!;
        steps.RemoveAt(0);
        steps.Add(first);
        first["metadata"]!["designer"]!["position"]!["x"] = 77;
        var edited = await studio.SaveAsync(untouched, publish: true);
        var after = await File.ReadAllLinesAsync(file);

        ((bool)untouched["isPublished"]!, (int)untouched["version"]!).ShouldBe((true, 1));
        ((bool)edited["isPublished"]!, (int)edited["version"]!).ShouldBe((true, 2));
        after.Length.ShouldBe(before.Length);
        var changed = Enumerable.Range(0, after.Length).Where(i => after[i] != before[i]).ToList();
        changed.ShouldHaveSingleItem();
        after[changed[0]].ShouldContain("\"x\": 77");
    }

    [CrmFact]
    public async Task A_recipe_is_made_from_nothing_checked_mended_published_and_called()
    {
        var made = await Studio.CreateAsync("Größe: Deal's notice");
        var recipe = (string)made["definitionId"]!;
        Designer.Add(made, "start", "Recipes.Callable");
        Designer.Add(made, "find", "SandboxCrm.FindAccount", "start");
        made["inputs"]!.AsArray().Add(new JsonObject { ["type"] = "String", ["isArray"] = false, ["name"] = "account", ["displayName"] = "Account", ["description"] = "", ["category"] = "Primitives", ["uiHint"] = "singleline" });
        var saved = await Studio.SaveAsync(made);
        // Three definitions fit this connector, so the step is left to be bound by hand.
        var choices = await Studio.OptionsAsync("SandboxCrm.FindAccount", "Connection");
        Designer.Set(Designer.Step(saved, "find"), "connection", "crm");
        var refused = await Studio.TrySaveAsync(saved, publish: true);
        var kept = await Studio.OpenAsync(recipe);
        Designer.Set(Designer.Step(kept, "find"), "accountName", "{{input.account}}", "Handlebars");
        var published = await Studio.SaveAsync(kept, publish: true);
        var call = await Place.As("rep-one").CallAsync(recipe, new { account = "Acme" });

        recipe.ShouldBe("grosse-deals-notice");
        ((string?)saved["root"]!["activities"]![1]!["nodeId"]).ShouldBe("Workflow1:Flowchart1:find");
        choices.Select(c => c.Value).ShouldBe(["crm", "crm-basic", "crm-key", "crm-optional", "recipes:new:sandbox-crm"], ignoreOrder: true);
        choices.Single(c => c.Value == "crm").Text.ShouldContain("your own connection");
        refused.Status.ShouldBe(HttpStatusCode.BadRequest);
        refused["errors"]!["find"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldContain("accountName");
        ((bool)published["isPublished"]!).ShouldBeTrue();
        ((string?)call.Is(HttpStatusCode.OK)["status"]).ShouldBe("completed");
        (await File.ReadAllTextAsync(Path.Combine(Place.RecipesFolder, $"{recipe}.json"))).ShouldNotContain("nodeId");
    }

    [CrmFact]
    public async Task Two_windows_at_one_recipe_the_second_is_told_and_nothing_is_written_over()
    {
        Place.SaveRecipe("two-windows", RecipeFiles.Sequence("two-windows", Note("say", "hello")));
        var (left, right) = (new Designer(Place.Operator, "left"), new Designer(Place.Operator, "right"));
        var (mine, yours) = (await left.OpenAsync("two-windows"), await right.OpenAsync("two-windows"));

        mine["description"] = "mine";
        var first = await left.SaveAsync(mine);
        yours["description"] = "yours";
        var second = await right.TrySaveAsync(yours);
        // A window's own saves may overtake one another.
        mine["description"] = "mine, once more";
        var again = await left.SaveAsync(mine);
        var reloaded = await right.OpenAsync("two-windows");
        var seen = (string?)reloaded["description"];
        reloaded["description"] = "ours";
        var third = await right.SaveAsync(reloaded);

        second.Status.ShouldBe(HttpStatusCode.BadRequest);
        ((bool)second["conflict"]!).ShouldBeTrue();
        second.Detail!.ShouldContain("operator");
        ((string?)first["description"], (string?)again["description"], seen, (string?)third["description"]).ShouldBe(("mine", "mine, once more", "mine, once more", "ours"));
    }

    [CrmFact]
    public async Task A_file_that_is_changed_in_the_folder_is_not_written_over_unless_somebody_was_told()
    {
        Place.SaveRecipe("changed-below", RecipeFiles.Sequence("changed-below", Note("say", "one")));
        var definition = await Studio.OpenAsync("changed-below");
        definition["description"] = "A draft.";
        definition = await Studio.SaveAsync(definition);
        Place.SaveRecipe("changed-below", RecipeFiles.Sequence("changed-below", Note("say", "two")));

        var told = await Studio.TrySaveAsync(definition, publish: true);
        var file = await File.ReadAllTextAsync(Path.Combine(Place.RecipesFolder, "changed-below.json"));
        var published = await Studio.SaveAsync(await Studio.OpenAsync("changed-below"), publish: true);
        var versions = (await Studio.GetAsync("/workflow-definitions?versionOptions=AllVersions&DefinitionIds=changed-below&OrderBy=Version&OrderDirection=Descending"))["items"]!.AsArray();

        told.Status.ShouldBe(HttpStatusCode.BadRequest);
        told.Detail!.ShouldContain("was changed in the folder");
        file.ShouldContain("two");
        ((bool)published["isPublished"]!, (string?)published["description"]).ShouldBe((true, "A draft."));
        versions.Select(v => (int)v!["version"]!).ShouldBe([3, 2, 1]);
    }

    [Fact]
    public async Task A_save_that_comes_twice_is_no_conflict_with_itself()
    {
        await using var place = await Workplace.StartAsync();
        place.SaveRecipe("twice", RecipeFiles.Sequence("twice", Note("say", "hello")));
        var opened = await new Designer(place.Operator, "one window").OpenAsync("twice");
        opened["description"] = "Published once.";
        await new Designer(place.Operator, "one window").SaveAsync(opened, publish: true);
        // What a host remembers of windows is gone with it.
        await place.StopHostAsync();
        await place.StartHostAsync();

        var again = await new Designer(place.Operator, "one window").TrySaveAsync(opened, publish: true);
        opened["description"] = "Something else.";
        var other = await new Designer(place.Operator, "one window").TrySaveAsync(opened);

        again.Status.ShouldBe(HttpStatusCode.OK);
        (other.Status, (bool)other["conflict"]!).ShouldBe((HttpStatusCode.BadRequest, true));
    }

    [Fact]
    public async Task A_file_that_is_taken_out_of_the_folder_comes_back_only_after_somebody_was_told()
    {
        await using var place = await Workplace.StartAsync();
        place.SaveRecipe("taken", RecipeFiles.Sequence("taken", Note("say", "hello")));
        var studio = new Designer(place.Operator, "one window");
        var opened = await studio.OpenAsync("taken");
        opened["description"] = "Edited.";
        var draft = await studio.SaveAsync(opened);
        File.Delete(Path.Combine(place.RecipesFolder, "taken.json"));

        var told = await studio.TrySaveAsync(draft, publish: true);
        var isBack = File.Exists(Path.Combine(place.RecipesFolder, "taken.json"));
        var published = await studio.SaveAsync(await studio.OpenAsync("taken"), publish: true);

        (told.Status, isBack).ShouldBe((HttpStatusCode.BadRequest, false));
        told.Text.ShouldContain("was taken out of the folder");
        ((bool)published["isPublished"]!).ShouldBeTrue();
    }

    [CrmFact]
    public async Task What_is_not_known_here_comes_through_every_save_untouched()
    {
        const string Strange = """{ "id": "odd", "name": "odd", "type": "Acme.Odd", "version": 3, "frobnicate": { "typeName": "Acme.Thing", "expression": { "type": "Lua", "value": { "deep": [1, null, { "x": 1.50 }] } } }, "metadata": { "designer": { "position": { "x": 5, "y": 6 } }, "own": true }, "body": { "id": "inner", "type": "Elsa.WriteLine", "version": 1, "text": "kept" } }""";
        Place.SaveRecipe("strange", RecipeFiles.Sequence("strange", $"{Strange}, {Note("say", "hello")}", "\"somethingElse\": { \"kept\": [1, 2] },"));

        var opened = await Studio.OpenAsync("strange");
        var shown = Designer.Step(opened, "odd");
        var descriptors = (await Studio.GetAsync("/descriptors/activities?Refresh=True"))["items"]!.AsArray().Select(d => ((string?)d!["typeName"], (int)d["version"]!)).ToHashSet();
        var everything = All(opened["root"]!.AsObject()).ToList();
        shown["metadata"]!["designer"]!["position"]!["x"] = 99;
        var saved = await Studio.SaveAsync(opened);
        saved["description"] = "Edited.";
        await Studio.SaveAsync(saved);
        var draft = JsonNode.Parse((await Studio.GetAsync("/workflow-definitions/strange/export?versionOptions=Latest")).Text)!;

        ((string?)shown["type"]).ShouldBe("Elsa.NotFoundActivity");
        everything.Where(a => !descriptors.Contains(((string?)a["type"], (int)a["version"]!))).ShouldBeEmpty();
        everything.ShouldAllBe(a => ((string)a["nodeId"]!).StartsWith("Workflow1:flow", StringComparison.Ordinal));
        var expected = JsonNode.Parse(Strange)!;
        expected["metadata"]!["designer"]!["position"]!["x"] = 99;
        JsonNode.DeepEquals(draft["root"]!["activities"]![1], expected).ShouldBeTrue(draft["root"]!["activities"]![1]!.ToJsonString());
        draft["somethingElse"]!.ToJsonString().ShouldBe("{\"kept\":[1,2]}");
    }

    [CrmFact]
    public async Task What_is_renamed_keeps_what_Studio_does_not_know_of_and_a_start_that_is_deleted_is_none_any_more()
    {
        Place.SaveRecipe("renamed", """
            { "definitionId": "renamed", "name": "Renamed", "inputs": [{ "name": "amount", "type": "Decimal", "defaultValue": 5, "own": "kept" }],
              "root": { "id": "flow", "type": "Elsa.Flowchart", "version": 1, "start": "a", "activities": [ { "id": "a", "type": "Elsa.WriteLine", "version": 1, "text": "a" }, { "id": "b", "type": "Elsa.WriteLine", "version": 1, "text": "b" } ],
                "connections": [{ "source": { "activity": "a" }, "target": { "activity": "b" } }] } }
            """);
        var definition = await Studio.OpenAsync("renamed");
        var input = definition["inputs"]![0]!.AsObject();
        input["name"] = "sum";
        // Its own model has no such members.
        input.Remove("defaultValue");
        input.Remove("own");
        definition["root"]!["activities"]!.AsArray().RemoveAt(0);
        definition["root"]!["connections"]!.AsArray().Clear();

        var saved = await Studio.TrySaveAsync(definition);
        var draft = JsonNode.Parse((await Studio.GetAsync("/workflow-definitions/renamed/export?versionOptions=Latest")).Text)!;

        saved.Is(HttpStatusCode.OK)["faults"]!.AsArray().ShouldBeEmpty();
        draft["inputs"]![0]!.ToJsonString().ShouldBe("""{"name":"sum","type":"Decimal","defaultValue":5,"own":"kept"}""");
        draft["root"]!["start"].ShouldBeNull();
        // Nobody has moved it.
        draft["root"]!["activities"]![0]!["metadata"].ShouldBeNull();
    }

    [CrmFact]
    public async Task A_connectors_file_that_goes_and_comes_back_changes_no_recipe()
    {
        const string Connector = """
            connector: 1
            name: acme
            displayName: Acme
            baseAddress: https://api.acme.example
            schemes: [{ type: apiKey, in: header, parameterName: X-Key }]
            actions:
              - { name: Ping, inputs: [{ name: word, required: true }], request: { path: /ping, query: { word: "{{input.word}}" } } }
            """;
        await using var place = await Workplace.StartAsync(prepare: p => File.WriteAllText(Path.Combine(p.ConnectorsFolder, "acme.yaml"), Connector));
        place.SaveRecipe("pings", RecipeFiles.Sequence("pings", $$"""{ "id": "ping", "name": "ping", "type": "Acme.Ping", "version": 1, "connection": "acme", "word": {{RecipeFiles.Literal("hello")}} }"""));
        var studio = new Designer(place.Operator, "one window");
        var known = await studio.OpenAsync("pings");
        known["description"] = "One.";
        known = await studio.SaveAsync(known);
        var before = (await studio.GetAsync("/workflow-definitions/pings/export?versionOptions=Latest")).Text;

        await place.StopHostAsync();
        File.Delete(Path.Combine(place.ConnectorsFolder, "acme.yaml"));
        await place.StartHostAsync();
        var unknown = await studio.OpenAsync("pings");
        unknown["description"] = "Two.";
        unknown = await studio.SaveAsync(unknown);
        // A window that was opened before saves what it still shows.
        known["description"] = "Three.";
        var old = await studio.SaveAsync(known);
        await place.StopHostAsync();
        await File.WriteAllTextAsync(Path.Combine(place.ConnectorsFolder, "acme.yaml"), Connector);
        await place.StartHostAsync();
        unknown["description"] = "One.";
        await studio.SaveAsync(unknown);
        var after = (await studio.GetAsync("/workflow-definitions/pings/export?versionOptions=Latest")).Text;

        ((string?)Designer.Step(unknown, "ping")["type"], (string?)Designer.Step(old, "ping")["type"]).ShouldBe(("Elsa.NotFoundActivity", "Elsa.NotFoundActivity"));
        after.ShouldBe(before);
    }

    [CrmFact]
    public async Task A_step_is_bound_by_itself_where_one_connection_fits_and_prepared_where_none_exists()
    {
        await using var place = await Workplace.StartAsync();
        (await place.Operator.PostAsync("/api/connection-definitions", new { key = "my-crm", connector = "sandbox-crm", scheme = "basic", presets = new { address = "https://crm.example" } })).Is(HttpStatusCode.Created);
        var studio = new Designer(place.Operator, "one window");
        var made = await studio.CreateAsync("Bound");
        Designer.Add(made, "start", "Recipes.Callable");
        Designer.Add(made, "list", "SandboxCrm.ListAccounts", "start");
        Designer.Set(Designer.Add(made, "tickets", "Zendesk.SendRequest", "list"), "path", "/tickets");

        var saved = await studio.SaveAsync(made);
        var refused = await studio.TrySaveAsync(saved, publish: true);
        var prepared = await studio.OptionsAsync("Zendesk.SendRequest", "Connection", Designer.Step(saved, "tickets"));

        ((string?)Designer.Step(saved, "list")["connection"]!["expression"]!["value"]).ShouldBe("my-crm");
        ((string?)Designer.Step(saved, "tickets")["connection"]!["expression"]!["value"]).ShouldBe("zendesk");
        prepared.ShouldContain(("zendesk · to be set up", "zendesk"));
        refused.Text.ShouldContain("/connections/new?connector=zendesk");
        refused.Text.ShouldContain("no account connected for 'my-crm'");
    }

    [Fact]
    public async Task A_file_with_faults_that_nobody_edited_is_not_called_published()
    {
        await using var place = await Workplace.StartAsync();
        place.SaveRecipe("broken", RecipeFiles.Sequence("broken", RecipeFiles.Call("a", "nowhere", "{}")));
        var studio = new Designer(place.Operator, "one window");

        var answer = await studio.TrySaveAsync(await studio.OpenAsync("broken"), publish: true);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Text.ShouldContain("nowhere");
    }

    [CrmFact]
    public async Task A_drop_down_is_filled_through_the_connection_of_whoever_asks_and_bursts_ask_once()
    {
        var step = new JsonObject();
        Designer.Set(step, "connection", "crm");
        var before = (await Place.CrmRecordAsync()).Count(a => a.Path.StartsWith("/api/accounts", StringComparison.Ordinal));

        var burst = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => new Designer(Place.As("rep-one")).OptionsAsync("SandboxCrm.CreateOpportunity", "AccountId", step)));
        var record = (await Place.CrmRecordAsync()).Where(a => a.Path.StartsWith("/api/accounts", StringComparison.Ordinal)).ToList();
        var without = await new Designer(Place.As("rep-two")).OptionsAsync("SandboxCrm.CreateOpportunity", "AccountId", step);
        var others = new JsonObject();
        Designer.Set(others, "connection", "crm-basic");
        var foreign = await new Designer(Place.As("rep-one")).OptionsAsync("SandboxCrm.CreateOpportunity", "AccountId", others);
        var unbound = await new Designer(Place.As("rep-one")).OptionsAsync("SandboxCrm.CreateOpportunity", "AccountId", new JsonObject());

        burst.ShouldAllBe(b => b.Any(o => o.Text == "Acme Corporation" || o.Text.StartsWith("Acme", StringComparison.Ordinal)));
        (record.Count - before).ShouldBe(1);
        record[0].Account.ShouldBe("rep-one");
        without.ShouldHaveSingleItem().Text.ShouldContain("/connect/crm");
        foreign.ShouldHaveSingleItem().Text.ShouldContain("not your own connection");
        unbound.ShouldHaveSingleItem().Value.ShouldBe("");
    }

    [CrmFact]
    public async Task A_draft_runs_before_it_is_published_and_a_step_is_tried_by_itself()
    {
        var made = await Studio.CreateAsync("Tried");
        Designer.Add(made, "start", "Recipes.Callable");
        var list = Designer.Add(made, "accounts", "SandboxCrm.ListAccounts", "start");
        Designer.Set(list, "connection", "crm-basic");
        var saved = await Studio.SaveAsync(made);

        var run = await Studio.PostAsync("/workflow-definitions/tried/execute", new { versionOptions = "Latest" });
        var test = await Studio.PostAsync("/tests/activities", new JsonObject
        {
            ["workflowDefinitionHandle"] = new JsonObject { ["definitionVersionId"] = (string?)saved["id"] },
            ["activityHandle"] = new JsonObject { ["activityNodeId"] = "Workflow1:Flowchart1:accounts" },
        });
        var id = run.Headers.GetValues("x-elsa-workflow-instance-id").Single();
        await Waiting.UntilAsync(async () => (string?)(await Place.Operator.GetAsync($"/api/runs/{id}"))["status"] == "completed");
        var instance = (await Studio.GetAsync($"/workflow-instances/{id}")).Is(HttpStatusCode.OK);
        var ran = (await Studio.GetAsync($"/workflow-definitions/by-id/{(string?)instance["definitionVersionId"]}")).Is(HttpStatusCode.OK);
        var needy = await Studio.PostAsync("/workflow-definitions/create-opportunity/execute");

        ((string?)test["status"]).ShouldBe("Completed", test.Text);
        test["outputs"]!["Items"]!.AsArray().Count.ShouldBeGreaterThan(1);
        ((string?)test["activityState"]!["ActingAs"]).ShouldNotBeNull();
        ((string?)Designer.Step(ran.Json.AsObject(), "accounts")["nodeId"]).ShouldBe("Workflow1:Flowchart1:accounts");
        needy.Headers.GetValues("x-elsa-workflow-cannot-start").Single().ShouldBe("true");
        Uri.UnescapeDataString(needy.Headers.GetValues("x-recipes-reason").Single()).ShouldContain("Account, Amount, Name");
    }

    [CrmFact]
    public async Task Versions_are_kept_reverted_to_unpublished_exported_imported_and_removed()
    {
        Place.SaveRecipe("versions", RecipeFiles.Sequence("versions", Note("say", "one")));
        var definition = await Studio.OpenAsync("versions");
        Designer.Step(definition, "say")["text"]!["expression"]!["value"] = "two";
        definition = await Studio.SaveAsync(definition, publish: true);

        var others = await Studio.OpenAsync("versions");
        others["description"] = "Somebody else's draft.";
        await new Designer(Place.Operator, "another window").SaveAsync(others);
        var kept = await Studio.PostAsync("/workflow-definitions/versions/revert/1");
        (await Studio.DeleteAsync("/workflow-definition-versions/versions.draft")).Is(HttpStatusCode.NoContent);
        (await Studio.PostAsync("/workflow-definitions/versions/revert/1")).Is(HttpStatusCode.OK);
        var reverted = await Studio.SaveAsync(await Studio.OpenAsync("versions"), publish: true);
        var export = (await Studio.GetAsync("/workflow-definitions/versions/export?versionOptions=Latest")).Text;
        var retracted = (await Studio.PostAsync("/workflow-definitions/versions/retract")).Is(HttpStatusCode.OK);
        var only = await Studio.DeleteAsync("/workflow-definition-versions/versions.draft");
        var isThere = File.Exists(Path.Combine(Place.RecipesFolder, "versions.json"));
        (await Studio.DeleteAsync("/workflow-definitions/versions")).Is(HttpStatusCode.NoContent);
        var gone = await Studio.GetAsync("/workflow-definitions/by-definition-id/versions");
        var imported = await Studio.PostAsync("/workflow-definitions/import", JsonNode.Parse(export));
        var strange = await Studio.PostAsync("/workflow-definitions/import", JsonNode.Parse(RecipeFiles.Sequence("strange-import", """{ "id": "x", "type": "Elsa.RunJavaScript", "version": 1 }""")));
        (await Studio.PostAsync("/bulk-actions/publish/workflow-definitions/by-definition-ids", new { definitionIds = new[] { "versions" } })).Is(HttpStatusCode.OK);

        ((string?)Designer.Step(reverted, "say")["text"]!["expression"]!["value"]).ShouldBe("one");
        (kept.Status, (bool)kept["conflict"]!, only.Status).ShouldBe((HttpStatusCode.BadRequest, true, HttpStatusCode.BadRequest));
        ((bool)retracted["isPublished"]!, isThere, gone.Status).ShouldBe((false, false, HttpStatusCode.NotFound));
        ((bool)imported.Is(HttpStatusCode.OK)["isPublished"]!).ShouldBeFalse();
        strange.Status.ShouldBe(HttpStatusCode.BadRequest);
        strange.Text.ShouldContain("Elsa.RunJavaScript");
        Place.Services.GetRequiredService<RecipeCatalogue>().Find("versions")!.CanRun.ShouldBeTrue();
    }

    [CrmFact]
    public async Task What_is_broken_by_hand_is_neither_lost_nor_shown_as_an_empty_canvas()
    {
        Place.SaveRecipe("typo", RecipeFiles.Sequence("typo", """{ "type": "WriteLine", "version": 1, "text": "a" }, { "id": "b", "type": "ProcessOrder", "version": 1, "own": true }"""));
        var merge = RecipeFiles.Sequence("conflicted", Note("say", "one"));
        Place.SaveRecipe("conflicted", merge);
        Place.SaveRecipe("conflicted", $"<<<<<<< HEAD\n{merge}");

        var typo = await Studio.OpenAsync("typo");
        var types = All(typo["root"]!.AsObject()).Select(a => (string?)a["type"]).ToList();
        typo["description"] = "Edited.";
        await Studio.SaveAsync(typo);
        var draft = JsonNode.Parse((await Studio.GetAsync("/workflow-definitions/typo/export?versionOptions=Latest")).Text)!;
        var broken = await Studio.OpenAsync("conflicted");
        broken["description"] = "Edited.";
        Answer[] refused = [await Studio.TrySaveAsync(broken), await Studio.PostAsync("/workflow-definitions/conflicted/retract")];
        var file = await File.ReadAllTextAsync(Path.Combine(Place.RecipesFolder, "conflicted.json"));

        types.ShouldBe(["Elsa.Sequence", "Recipes.Callable", "Elsa.NotFoundActivity", "Elsa.NotFoundActivity"]);
        draft["root"]!["activities"]!.AsArray().Skip(1).Select(a => (string?)a!["type"]).ShouldBe(["WriteLine", "ProcessOrder"]);
        ((bool)draft["root"]!["activities"]![2]!["own"]!).ShouldBeTrue();
        refused.ShouldAllBe(r => r.Status == HttpStatusCode.BadRequest && r.Text.Contains("no JSON"));
        file.ShouldStartWith("<<<<<<< HEAD");
    }

    [CrmFact]
    public async Task Who_may_not_change_recipes_reads_them_only()
    {
        var rep = new Designer(Place.As("rep-one"), "a window");

        var list = (await rep.GetAsync("/workflow-definitions?versionOptions=Latest&Page=0&PageSize=50")).Is(HttpStatusCode.OK);
        var opened = await rep.OpenAsync("create-opportunity");
        Answer[] changes =
        [
            await rep.TrySaveAsync(opened), await rep.PostAsync("/workflow-definitions/create-opportunity/publish"), await rep.PostAsync("/workflow-definitions/create-opportunity/retract"),
            await rep.DeleteAsync("/workflow-definitions/create-opportunity"), await rep.DeleteAsync($"/workflow-definition-versions/{(string?)opened["id"]}"), await rep.PostAsync("/workflow-definitions/create-opportunity/revert/1"),
            await rep.PostAsync("/workflow-definitions/import", opened), await rep.PostAsync("/bulk-actions/delete/workflow-definitions/by-definition-id", new { definitionIds = new[] { "create-opportunity" } }),
            await rep.PostAsync("/tests/activities"),
        ];

        list["links"]!.AsArray().ShouldBeEmpty();
        ((bool)opened["isReadonly"]!, opened["links"]!.AsArray().Count).ShouldBe((true, 0));
        changes.ShouldAllBe(c => c.Status == HttpStatusCode.Forbidden);
        (await Place.Stranger().GetAsync("/elsa/api/workflow-definitions")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task DefineAsync(Workplace place)
    {
        // So that nothing but the recipe itself can keep it from being published.
        foreach (var key in new[] { Keys.Required, Keys.Optional, Keys.Basic, Keys.ApiKey })
            (await place.Operator.PostAsync("/api/connection-definitions", new { key, connector = "sandbox-crm", scheme = "oauth2", clientId = "x", runtimeUser = "required", presets = new { address = "https://crm.example" } })).Is(HttpStatusCode.Created);
    }

    private static string Note(string id, string text) => $$"""{ "id": "{{id}}", "name": "{{id}}", "type": "Elsa.WriteLine", "version": 1, "text": {{RecipeFiles.Literal(text)}} }""";

    private static IEnumerable<JsonObject> All(JsonObject activity) =>
        activity["activities"] is JsonArray inner ? inner.Select(i => i!.AsObject()).SelectMany(All).Prepend(activity) : [activity];
}
