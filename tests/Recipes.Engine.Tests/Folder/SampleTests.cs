using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine.Tests.Folder;

/// <summary>The recipes of the samples, with the real connector files; only the client that would send is written by hand.</summary>
public sealed class SampleTests
{
    [Fact]
    public void Every_sample_can_run_and_has_no_fault_or_warning()
    {
        var (catalogue, _) = Load();

        // Whoever works here may have recipes of their own beside these.
        var samples = ((string[])["create-opportunity", "list-opportunities", "log-activity", "notify-manager", "read-forecast", "whoami-by-key"]).Select(n => catalogue.Find(n)!).ToList();

        samples.SelectMany(r => r.Faults.Concat(r.Warnings)).ShouldBeEmpty();
        samples.ShouldAllBe(r => r.CanRun && r.IsCallable);
        samples.SelectMany(r => r.Needs).Select(n => n.Key.Value).Distinct().Order().ShouldBe(["crm", "crm-basic", "crm-key", "crm-optional"]);
    }

    [Theory]
    [InlineData(12_000, true, 3)]
    [InlineData(100, false, 2)]
    public async Task A_large_opportunity_tells_the_manager(long amount, bool notified, int requests)
    {
        var crm = new Crm();

        var run = await RunAsync(crm, "create-opportunity", ("account", "Acme"), ("amount", amount), ("name", "Roof"));

        run.Failure.ShouldBeNull();
        using var output = JsonDocument.Parse(run.Output);
        output.RootElement.GetProperty("opportunityId").GetString().ShouldBe("opp-1");
        output.RootElement.GetProperty("createdBy").GetString().ShouldBe("rep-one");
        output.RootElement.GetProperty("managerNotified").GetBoolean().ShouldBe(notified);
        crm.Requests.Count.ShouldBe(requests);
        run.Journal.Count(e => e.ActingAs == "rep-one").ShouldBe(requests);
        crm.Requests[1].ShouldContain($"\"amount\":{amount}");
        if (notified)
            crm.Requests[2].ShouldContain($"Roof: {amount} for Acme");
    }

    [Fact]
    public async Task An_unknown_account_is_explained()
    {
        var crm = new Crm { Accounts = """{"items":[]}""" };

        var run = await RunAsync(crm, "create-opportunity", ("account", "Nobody"), ("amount", 1L), ("name", "Roof"));

        run.Status.ShouldBe(RunStatus.Faulted);
        run.Failure!.Message.ShouldStartWith("There is no account like 'Nobody' in the CRM.");
        crm.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Opportunities_are_listed_with_and_without_an_account()
    {
        var crm = new Crm();

        var run = await RunAsync(crm, "list-opportunities");
        var none = await RunAsync(new Crm { Opportunities = """{"items":[]}""" }, "list-opportunities", ("account", "Acme"));

        Encoding.UTF8.GetString(run.Output.Span).ShouldContain("There are 2 opportunities.");
        Encoding.UTF8.GetString(none.Output.Span).ShouldContain("There are no opportunities of Acme yet.");
        crm.Requests.Single().ShouldNotContain("account=");
    }

    [Theory]
    [InlineData("whoami-by-key", "\"user\":\"rep-one\"")]
    [InlineData("read-forecast", "\"count\":1")]
    public async Task The_small_samples_give_their_outputs(string recipe, string expected)
    {
        var run = await RunAsync(new Crm(), recipe);

        run.Failure.ShouldBeNull();
        Encoding.UTF8.GetString(run.Output.Span).ShouldContain(expected);
    }

    [Fact]
    public async Task Logging_an_activity_gives_its_author()
    {
        var run = await RunAsync(new Crm(), "log-activity", ("text", "Called."));

        Encoding.UTF8.GetString(run.Output.Span).ShouldBe("""{"notificationId":"ntf-1","createdBy":"rep-one"}""");
    }

    private static (RecipeCatalogue Catalogue, RecipeFolder Folder) Load()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "Recipes.sln")))
            root = root.Parent;
        var catalogue = new RecipeCatalogue();
        var options = Options.Create(new RecipesEngineOptions { RecipesFolder = Path.Combine(root.FullName, "recipes") });
        var folder = new RecipeFolder(catalogue, new ConnectorActions(ConnectorCatalogue.Load([])), options, TimeProvider.System, NullLogger<RecipeFolder>.Instance);
        folder.Scan();
        return (catalogue, folder);
    }

    private static async Task<Run> RunAsync(Crm crm, string recipe, params (string Name, object? Value)[] input)
    {
        var keys = new FakeKeys();
        foreach (var key in (string[])["crm", "crm-basic", "crm-key", "crm-optional"])
            keys.Connectors[key] = "sandbox-crm";
        var (catalogue, runs, time, options) = (Load().Catalogue, new MemoryRuns(), TimeProvider.System, Options.Create(new RecipesEngineOptions()));
        using var running = new RunningRuns();
        var versions = new RecipeVersions(catalogue, new FakeActions(), runs);
        var executor = new RunExecutor(catalogue, versions, crm, new(versions, runs, runs, running, time, NullLogger<RunKeeper>.Instance), runs, running, options, time, NullLogger<RunExecutor>.Instance);
        using var dispatcher = new RunDispatcher(runs, executor, running, options, time, NullLogger<RunDispatcher>.Instance);
        var caller = new RecipeCaller(catalogue, new FakeResolver(), keys, runs, runs, executor, dispatcher, versions, running, options, time, NullLogger<RecipeCaller>.Instance);
        var result = await caller.CallAsync(new() { Caller = Kitchen.Rep, Recipe = recipe, Input = input.ToDictionary(i => i.Name, i => i.Value) });
        return result.ShouldBeOfType<RecipeCallResult.Ended>().Run;
    }

    private sealed class Crm : ConnectionClient, IConnectionClients
    {
        public string Accounts { get; init; } = """{"items":[{"id":"acc-1","name":"Acme"}]}""";
        public string Opportunities { get; init; } = """{"items":[{"id":"opp-1"},{"id":"opp-2"}]}""";
        public List<string> Requests { get; } = [];

        public override ConnectionId Id => default;
        public override Uri BaseAddress { get; } = new("http://127.0.0.1:4010/api/");
        public override IReadOnlyDictionary<string, string> Fields { get; } = new Dictionary<string, string> { ["address"] = "http://127.0.0.1:4010" };

        public ValueTask<ConnectionClient> GetAsync(ConnectionId id, CancellationToken cancellationToken) => ValueTask.FromResult<ConnectionClient>(this);

        public override async ValueTask<ConnectionReply> SendAsync(HttpRequestMessage request, string action, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            var address = request.RequestUri!.OriginalString;
            Requests.Add($"{request.Method} {address} {body}");
            var path = address.Split('?')[0].Trim('/');
            var (status, answer) = (request.Method.Method, path) switch
            {
                ("GET", "accounts") => (200, Accounts),
                ("GET", "opportunities") => (200, Opportunities),
                ("POST", "opportunities") => (201, """{"id":"opp-1","name":"Roof","createdBy":"rep-one"}"""),
                ("POST", "notifications") => (201, """{"id":"ntf-1","recipient":"manager","createdBy":"rep-one"}"""),
                ("GET", "forecasts") => (200, """{"items":[{"quarter":"Q1"}]}"""),
                ("GET", "me") => (200, """{"id":"rep-one","role":"rep"}"""),
                _ => throw new InvalidOperationException($"{request.Method} {address}"),
            };
            return new(new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(answer, Encoding.UTF8, "application/json") }, null, $"{request.Method} {address}");
        }
    }
}
