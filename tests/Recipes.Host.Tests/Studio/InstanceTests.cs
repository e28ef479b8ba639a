using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;

namespace Recipes.Host.Tests.Studio;

/// <summary>Runs, as Studio asks for them.</summary>
public sealed class InstanceTests(InstancePlace place) : IClassFixture<InstancePlace>
{
    private const string Start = "start:Started start:Completed";

    [Fact]
    public async Task A_run_is_told_by_the_activities_of_its_recipe_at_their_places()
    {
        var run = await place.CallAsync("outer", input: new { call = "shown" });

        var instance = await place.GetAsync($"/workflow-instances/{run}");
        var journal = await place.PostAsync($"/workflow-instances/{run}/journal?skip=0&take=110", new { filter = new { } });
        var faulted = await place.PostAsync($"/workflow-instances/{run}/journal", new { filter = new { eventNames = new[] { "Faulted" } } });
        var page = await place.PostAsync($"/workflow-instances/{run}/journal?skip=2&take=3", new { filter = new { activityNodeIds = new[] { "Workflow1:chart:start", "Workflow1:chart:each", "Workflow1:chart:ask" }, excludedActivityTypes = new[] { "Recipes.Callable" } } });
        var report = await place.PostAsync("/activity-executions/report", new { workflowInstanceId = run, activityNodeIds = new[] { "Workflow1:chart:each", "Workflow1:chart:each:round:say", "Workflow1:chart:nowhere" } });
        var rounds = await place.GetAsync($"/activity-execution-summaries/list?WorkflowInstanceId={run}&ActivityNodeId=Workflow1%3Achart%3Aeach%3Around%3Asay");
        var ask = (await place.GetAsync($"/activity-executions/list?WorkflowInstanceId={run}&ActivityNodeId=Workflow1%3Achart%3Aask"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        var stack = await place.GetAsync($"/activity-executions/{ask["id"]}/call-stack?includeCrossWorkflowChain=True");
        var inner = await place.GetAsync($"/activity-executions/by-id?id={stack["items"]![1]!["id"]}");
        var root = await place.GetAsync($"/activity-execution-summaries/list?WorkflowInstanceId={run}&ActivityNodeId=Workflow1%3Achart");

        Of(instance, "definitionId", "status", "subStatus", "incidentCount", "name").ShouldBe("outer Finished Finished 0 operator");
        ((string?)instance["definitionVersionId"]).ShouldStartWith("outer.");
        ((string?)instance["workflowState"]!["input"]!["call"]).ShouldBe("shown");
        ((string?)instance["workflowState"]!["output"]!["word"]).ShouldBe("b");
        Names(journal).ShouldBe($"{Start} each:Started each:Completed say:Started say:Completed keep:Started keep:Completed each:Started each:Completed say:Started say:Completed keep:Started keep:Completed ask:Started ask:Completed answer:Started answer:Completed");
        var records = journal["items"]!.AsArray();
        records.Select(r => (int)r!["sequence"]!).ShouldBeInOrder();
        records.Select(r => (DateTimeOffset)r!["timestamp"]!).ShouldBeInOrder();
        records.Select(r => (string)r!["id"]!).Distinct().Count().ShouldBe(records.Count);
        ((string?)records[4]!["nodeId"]).ShouldBe("Workflow1:chart:each:round:say");
        ((string?)records[5]!["message"]).ShouldBe("word a");
        (string.Join(',', records[3]!["payload"]!["Outcomes"]!.AsArray()), (int)faulted["totalCount"]!).ShouldBe(("Iterated", 0));
        (Names(page), (int)page["totalCount"]!).ShouldBe(("each:Started each:Completed ask:Started", 6));
        report["stats"]!.AsArray().Select(s => Of(s!, "activityId", "startedCount", "completedCount", "uncompletedCount", "isBlocked", "isFaulted")).ShouldBe(["each 2 2 0 false false", "say 2 2 0 false false"]);
        rounds["items"]!.AsArray().Select(i => (string?)i!["status"]).ShouldBe(["Completed", "Completed"]);
        // What another recipe did is told with the step that called it, and is no step of this one.
        ((string)ask["activityState"]!["Steps"]!).ShouldMatch("^start: Done\nwrite: Done \\(POST .*/plain → 201\\)$");
        Of(ask["activityState"]!, "Called", "Link").ShouldBe($"inner /runs/{run}");
        stack["items"]!.AsArray().Select(i => Of(i!, "activityId", "activityNodeId", "callStackDepth")).ShouldBe(["ask Workflow1:chart:ask 0", "write Workflow1:chart:ask 1"]);
        Of(inner["activityState"]!, "Connection", "ActingAs", "Status", "Tries", "Recipe").ShouldBe("Ledger of the organisation the organisation 201 1 inner");
        ((string?)inner["schedulingActivityExecutionId"]).ShouldBe((string?)ask["id"]);
        root["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_held_run_says_where_it_stands_and_what_to_do_and_its_time_grows_as_it_goes_on()
    {
        place.SetPassword("changed there");
        var run = await place.CallAsync("outer", input: new { call = "held" });
        await place.UntilAsync(run, "Suspended");

        var held = await place.GetAsync($"/workflow-instances/{run}");
        var before = await place.GetAsync($"/workflow-instances/{run}/execution-state");
        var journal = await place.JournalAsync(run);
        var report = await place.PostAsync("/activity-executions/report", new { workflowInstanceId = run, activityNodeIds = new[] { "Workflow1:chart:ask" } });
        var ask = (await place.GetAsync($"/activity-executions/list?WorkflowInstanceId={run}&ActivityNodeId=Workflow1:chart:ask"))["items"]![0]!;
        var variables = await place.GetAsync($"/workflow-instances/{run}/variables");
        place.SetPassword(InstancePlace.Password);
        (await place.Place.Operator.PostAsync($"/api/connections/{place.Connection}/test")).Is(HttpStatusCode.OK);
        await place.UntilAsync(run, "Finished");
        var after = await place.GetAsync($"/workflow-instances/{run}/execution-state");
        var text = (await place.GetAsync($"/workflow-instances/{run}/export")).ToJsonString() + held.ToJsonString();

        Of(held, "status", "subStatus", "incidentCount").ShouldBe("Running Suspended 1");
        var incident = held["workflowState"]!["incidents"]!.AsArray().ShouldHaveSingleItem()!;
        Of(incident, "activityId", "activityNodeId", "activityInstanceId").ShouldBe($"ask Workflow1:chart:ask {ask["id"]}");
        ((string?)incident["message"]).ShouldStartWith("In step 'write' of 'inner': ");
        ((string?)incident["exception"]!["type"]).ShouldBe("ModifiedCredentials");
        Of(incident["exception"]!["innerException"]!, "type").ShouldBe("What to do");
        ((string?)incident["exception"]!["innerException"]!["message"]).ShouldNotBeNullOrEmpty();
        journal.ShouldEndWith("ask:Started ask:Suspended");
        Of(report["stats"]![0]!, "startedCount", "completedCount", "uncompletedCount", "isBlocked", "isFaulted").ShouldBe("1 0 1 true false");
        Of(ask, "status", "hasBookmarks").ShouldBe("Running true");
        ask["activityState"]!["Guidance"].ShouldNotBeNull();
        ((string)ask["activityState"]!["Steps"]!).ShouldContain("write: Suspended");
        Of(variables["items"]![0]!, "id", "name", "value").ShouldBe("v1 seen b");
        ((DateTimeOffset)after["updatedAt"]!).ShouldBeGreaterThan((DateTimeOffset)before["updatedAt"]!);
        Of(after, "status", "workflowSubStatus").ShouldBe("Finished Finished");
        (await place.JournalAsync(run)).ShouldEndWith("ask:Started ask:Completed answer:Started answer:Completed");
        text.ShouldNotContain(InstancePlace.Password);
    }

    [Fact]
    public async Task A_failed_run_names_its_step_and_a_waiting_one_is_blocked_at_its_own()
    {
        var failed = await place.CallAsync("breaks");
        var waiting = await place.CallAsync("sleeps", wait: false);
        await place.UntilAsync(waiting, "Suspended");

        var instance = await place.GetAsync($"/workflow-instances/{failed}");
        var (broken, asleep) = (await place.JournalAsync(failed), await place.JournalAsync(waiting));
        var cancelled = await place.Place.Operator.PostAsync($"/elsa/api/cancel/workflow-instances/{waiting}");
        var again = await place.Place.Operator.PostAsync($"/elsa/api/cancel/workflow-instances/{waiting}");

        Of(instance, "status", "subStatus", "incidentCount").ShouldBe("Finished Faulted 1");
        Of(instance["workflowState"]!["incidents"]![0]!, "activityNodeId", "message").ShouldBe("Workflow1:flow:fault It is broken.");
        broken.ShouldBe($"{Start} fault:Started fault:Faulted");
        asleep.ShouldBe($"{Start} wait:Started wait:Suspended");
        (cancelled.Status, again.Status).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        Of(await place.GetAsync($"/workflow-instances/{waiting}"), "status", "subStatus", "incidentCount").ShouldBe("Finished Cancelled 0");
    }

    [Fact]
    public async Task Lists_are_narrowed_put_in_order_and_paged_and_say_how_many_there_are()
    {
        await place.Place.AddUserAsync("lister");
        var runs = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            runs.Add(await place.CallAsync(i == 3 ? "breaks" : "plain", "lister"));
            // Within one millisecond their order would be anybody's guess.
            place.Place.Clock.Advance(TimeSpan.FromMilliseconds(2));
        }

        var usual = await ListAsync(new { page = 0, pageSize = 10, searchTerm = "", definitionIds = Array.Empty<string>(), isSystem = false, statuses = Array.Empty<string>(), subStatuses = Array.Empty<string>(), orderDirection = "Ascending", timestampFilters = Array.Empty<object>() });
        var second = await ListAsync(new { page = 1, pageSize = 2, orderBy = "Created", orderDirection = "Ascending" });
        var beyond = await ListAsync(new { page = 9, pageSize = 2 });
        var bad = await ListAsync(new { hasIncidents = true });
        var good = await ListAsync(new { hasIncidents = false, statuses = new[] { "Finished" }, subStatuses = new[] { "Finished" }, definitionIds = new[] { "plain", "outer" } });
        var none = await ListAsync(new { status = "Running" });
        var contradiction = await ListAsync(new { status = "Running", subStatus = "Finished" });
        var found = await ListAsync(new { searchTerm = runs[1] });
        var named = await ListAsync(new { searchTerm = "BREA" });
        var byName = await ListAsync(new { orderBy = "Name", orderDirection = "Ascending" });
        var today = TimeProvider.System.GetUtcNow().Date;
        var old = await ListAsync(new { timestampFilters = new[] { new { column = "FinishedAt", @operator = "LessThan", timestamp = new DateTimeOffset(today.AddDays(-1), TimeSpan.Zero) } } });
        var recent = await ListAsync(new { timestampFilters = new[] { new { column = "CreatedAt", @operator = "GreaterThanOrEqual", timestamp = new DateTimeOffset(today.AddDays(-1), TimeSpan.Zero) } } });
        var wrong = await place.Place.As("lister").PostAsync("/elsa/api/workflow-instances", new { status = "Odd", orderBy = "Colour" });

        (Ids(usual), (int)usual["totalCount"]!).ShouldBe((string.Join(' ', Enumerable.Reverse(runs)), 5));
        (Ids(second), (int)second["totalCount"]!).ShouldBe(($"{runs[2]} {runs[3]}", 5));
        (Ids(beyond), (int)beyond["totalCount"]!).ShouldBe(("", 5));
        Ids(bad).ShouldBe(runs[3]);
        (Ids(good), Ids(none), Ids(contradiction)).ShouldBe(($"{runs[4]} {runs[2]} {runs[1]} {runs[0]}", "", ""));
        (Ids(found), Ids(named)).ShouldBe((runs[1], runs[3]));
        Ids(byName).ShouldStartWith($"{runs[3]} {runs[4]}");
        ((int)old["totalCount"]!, (int)recent["totalCount"]!).ShouldBe((0, 5));
        wrong.Is(HttpStatusCode.BadRequest).Errors.Select(e => e.Path).ShouldBe(["status", "orderBy"]);

        Task<JsonNode> ListAsync(object request) => place.PostAsync("/workflow-instances", request, "lister");
    }

    [Fact]
    public async Task Who_may_not_see_a_run_is_told_that_there_is_none()
    {
        var run = await place.CallAsync("plain", "ann");
        var ben = place.Place.As("ben");

        Answer[] answers =
        [
            await ben.GetAsync($"/elsa/api/workflow-instances/{run}"), await ben.PostAsync($"/elsa/api/workflow-instances/{run}/journal", new { }), await ben.GetAsync($"/elsa/api/workflow-instances/{run}/execution-state"),
            await ben.GetAsync($"/elsa/api/workflow-instances/{run}/variables"), await ben.GetAsync($"/elsa/api/workflow-instances/{run}/export"), await ben.PostAsync("/elsa/api/activity-executions/report", new { workflowInstanceId = run }),
            await ben.GetAsync($"/elsa/api/activity-executions/list?WorkflowInstanceId={run}"), await ben.GetAsync($"/elsa/api/activity-executions/by-id?id={run}-0"), await ben.GetAsync($"/elsa/api/activity-executions/{run}-0/call-stack"),
            await ben.PostAsync($"/elsa/api/cancel/workflow-instances/{run}"), await ben.SendAsync(new(HttpMethod.Delete, $"/elsa/api/workflow-instances/{run}")), await ben.PostAsync("/elsa/api/bulk-actions/export/workflow-instances", new { ids = new[] { run } }),
            await place.Place.Operator.GetAsync("/elsa/api/workflow-instances/nonsense"), await place.Place.Operator.GetAsync($"/elsa/api/activity-executions/by-id?id={run}-99"),
        ];
        var stranger = await place.Place.Stranger().GetAsync($"/elsa/api/workflow-instances/{run}");
        var own = await place.GetAsync($"/workflow-instances/{run}", "ann");

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.NotFound && a.Detail!.StartsWith("There is no"));
        stranger.Status.ShouldBe(HttpStatusCode.Unauthorized);
        ((string?)own["id"]).ShouldBe(run);
    }

    [Fact]
    public async Task Deleting_takes_an_ended_run_and_the_right_to_see_and_act_on_all()
    {
        var (anns, watchers) = (await place.CallAsync("plain", "ann"), await place.CallAsync("plain", "watcher"));
        var waiting = await place.CallAsync("sleeps", wait: false);
        await place.UntilAsync(waiting, "Suspended");

        var own = await DeleteAsync("ann", anns);
        var others = await DeleteAsync("watcher", anns);
        var watched = await DeleteAsync("watcher", watchers);
        var open = await DeleteAsync("operator", waiting);
        var bulk = await place.PostAsync("/bulk-actions/delete/workflow-instances/by-id", new { ids = new[] { anns, waiting, "nonsense" } });
        var ended = await place.PostAsync("/bulk-actions/cancel/workflow-instances", new { ids = (string[]?)null, definitionVersionId = (string?)(await place.GetAsync($"/workflow-instances/{waiting}"))["definitionVersionId"], definitionId = (string?)null, versionOptions = (string?)null });
        var last = await DeleteAsync("operator", waiting);

        (own.Status, others.Status, watched.Status, open.Status).ShouldBe((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.NoContent, HttpStatusCode.Conflict));
        Of(bulk, "deleted", "kept").ShouldBe("1 1");
        ((int)ended["cancelled"]!).ShouldBeGreaterThanOrEqualTo(1);
        last.Status.ShouldBe(HttpStatusCode.NoContent);
        place.Place.Logs.Entries.ShouldContain(e => e.Message.Contains($"Run {anns} of plain (Completed, called by ann) was removed by operator", StringComparison.Ordinal));
        (await place.Place.Operator.GetAsync($"/elsa/api/workflow-instances/{anns}")).Status.ShouldBe(HttpStatusCode.NotFound);

        Task<Answer> DeleteAsync(string user, string run) => place.Place.As(user).SendAsync(new(HttpMethod.Delete, $"/elsa/api/workflow-instances/{run}"));
    }

    [Fact]
    public async Task Runs_are_exported_as_files_and_not_imported()
    {
        var (first, second) = (await place.CallAsync("outer", input: new { call = "kept" }), await place.CallAsync("plain"));
        using var client = new HttpClient { BaseAddress = place.Place.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", place.Place.Operator.Token);

        using var one = await client.GetAsync($"/elsa/api/workflow-instances/{first}/export");
        using var many = await client.PostAsync("/elsa/api/bulk-actions/export/workflow-instances", System.Net.Http.Json.JsonContent.Create(new { ids = new[] { first, second } }));
        using var file = new MultipartFormDataContent { { new StringContent("{}"), "files", "run.json" } };
        using var refused = await client.PostAsync("/elsa/api/bulk-actions/import/workflow-instances", file);

        one.Content.Headers.ContentDisposition!.FileName.ShouldBe($"outer-{first}.json");
        var json = JsonNode.Parse(await one.Content.ReadAsStringAsync())!;
        (json["workflowExecutionLogRecords"]!.AsArray().Count, json["activityExecutionRecords"]!.AsArray().Count).ShouldBe((18, 11));
        using var zip = new ZipArchive(await many.Content.ReadAsStreamAsync());
        zip.Entries.Select(e => e.Name).ShouldBe([$"outer-{first}.json", $"plain-{second}.json"]);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        ((string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["errors"]!["files"]![0]).ShouldStartWith("Runs cannot be imported.");
    }

    private static string Of(JsonNode node, params string[] members) => string.Join(' ', members.Select(m => node[m]?.ToString()));

    private static string Names(JsonNode journal) => string.Join(' ', journal["items"]!.AsArray().Select(r => $"{r!["activityId"]}:{r["eventName"]}"));

    private static string Ids(JsonNode list) => string.Join(' ', list["items"]!.AsArray().Select(r => (string)r!["id"]!));
}
