using System.Net;
using System.Text;
using System.Web;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Recipes.Host.Tests;

/// <summary>Everything that is secret in a whole run, well and badly ended, shows up in nothing that anybody can read.</summary>
public sealed class CanaryTests
{
    // Written once for the operator, and the keys that seal the rest.
    private static readonly string[] s_secretFiles = ["operator-token", $"{Path.DirectorySeparatorChar}keys{Path.DirectorySeparatorChar}"];

    private readonly ResponseRecorder _recorder = new();
    private readonly HashSet<string> _issued = [];

    [CrmFact]
    public async Task The_secrets_of_a_whole_run_show_nowhere()
    {
        await using var place = await Workplace.StartAsync(withCrm: true, b => b.Services.AddSingleton<IStartupFilter>(_recorder), ownLog: true);
        foreach (var account in new[] { "manager", "rep-one", "rep-two" })
            await place.Crm.ChangePasswordAsync(account, Canaries.NewSecret($"CRM password of {account}"));
        await SalesTeam.SetUpAsync(place);
        await ConnectAsync(place, "manager", "/connect/crm-optional?owner=organisation");
        await ConnectAsync(place, "rep-one", "/connect/crm");
        var basic = await SalesTeam.ConnectWithSecretsAsync(place);
        await RegisterIssuedAsync(place);

        await PlayAsync(place);
        await FailAsync(place, basic);
        await SendSecretsWhereTheyDoNotBelongAsync(place, basic);
        await BreakTheDatabaseAsync(place);
        await ReadEverythingAsync(place);
        await RegisterIssuedAsync(place);
        _issued.Count.ShouldBeGreaterThanOrEqualTo(8, "Two connections, each with two tokens before a refresh and two after it.");

        var ours = place.Logs.Entries.Where(e => e.Level >= LogLevel.Warning || !(e.Category.StartsWith("Microsoft.", StringComparison.Ordinal) || e.Category.StartsWith("System.Net.Http", StringComparison.Ordinal)));
        ours.Count().ShouldBeGreaterThan(20);
        List<CanarySighting> sightings = [.. Canaries.FindIn(string.Join('\n', ours), "log")];
        // A new token is told to whoever asked for it, this once.
        foreach (var (request, response) in _recorder.Answers.Where(a => !(a.Request.StartsWith("POST /api/users/", StringComparison.Ordinal) && a.Request.EndsWith("/tokens", StringComparison.Ordinal))))
            sightings.AddRange(Canaries.FindIn(response, request));
        sightings.AddRange(Canaries.ScanFolder(place.DataFolder));
        await place.StopHostAsync();
        sightings.AddRange(Canaries.ScanFolder(place.DataFolder));
        Directory.EnumerateFiles(place.LogFolder).ShouldNotBeEmpty();
        sightings.AddRange(Canaries.ScanFolder(place.LogFolder));

        sightings.Where(s => !s_secretFiles.Any(f => s.Place.Contains(f, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    private static async Task ConnectAsync(Workplace place, string user, string path)
    {
        using var person = await place.PersonAsync(user);
        var callback = await person.ConsentAsync(path, user, place.Crm.PasswordOf(user));
        Canaries.Add($"code of {user}", HttpUtility.ParseQueryString(callback.Query)["code"]!);
        using var back = await person.Http.GetAsync(callback);
        back.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var again = await person.Http.GetAsync(callback);
        again.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>Registers what the CRM has issued until now, as it lies in the vault.</summary>
    private async Task RegisterIssuedAsync(Workplace place)
    {
        var store = place.Services.GetRequiredService<IConnectionStore>();
        var vault = place.Services.GetRequiredService<CredentialVault>();
        foreach (var connection in await store.ListAsync(TenantId.Default, new ConnectionFilter(), default))
        {
            if (connection.Record.SealedCredential is not { } opened)
                continue;
            foreach (var secret in vault.Open(connection.Tenant, connection.Id, opened).All.Select(s => s.Reveal()).Where(s => s != "manager"))
            {
                Canaries.Add($"credential of {connection.Record.DisplayName}", secret);
                if (vault.Open(connection.Tenant, connection.Id, opened).Tokens is not null)
                    _issued.Add(secret);
            }
        }
    }

    private static async Task PlayAsync(Workplace place)
    {
        ((string?)(await place.As("rep-one").CallAsync("create-opportunity", SalesTeam.Deal()))["status"]).ShouldBe("completed");
        ((string?)(await place.As("rep-two").CallAsync("log-activity", new { text = "x" }))["status"]).ShouldBe("completed");
        place.Clock.Advance(TimeSpan.FromMinutes(11));
        ((string?)(await place.As("rep-one").CallAsync("create-opportunity", SalesTeam.Deal()))["status"]).ShouldBe("completed");
        ((string?)(await place.As("rep-two").CallAsync("log-activity", new { text = "x" }))["status"]).ShouldBe("completed");
        ((string?)(await place.As("rep-two").CallAsync("whoami-by-key", new { }))["status"]).ShouldBe("completed");
        ((string?)(await place.As("rep-two").CallAsync("list-opportunities", new { }))["status"]).ShouldBe("completed");
    }

    private static async Task FailAsync(Workplace place, Guid basic)
    {
        (await place.As("rep-two").CallAsync("create-opportunity", SalesTeam.Deal())).Is(HttpStatusCode.Conflict);
        ((string?)(await place.As("rep-one").CallAsync("read-forecast", new { }))["status"]).ShouldBe("faulted");

        var old = place.Crm.PasswordOf("manager");
        await place.Crm.ChangePasswordAsync("manager", Canaries.NewSecret("changed CRM password of manager"));
        ((string?)(await place.As("manager").CallAsync("list-opportunities", new { }))["failure"]!["kind"]).ShouldBe("modifiedCredentials");
        (await place.As("manager").PostAsync($"/api/connections/{basic}/test")).Is(HttpStatusCode.OK);
        (await place.As("manager").PostAsync($"/api/connections/{basic}/authorize", new { fields = new { username = "manager", password = Canaries.NewSecret("wrong password given again") } })).Is(HttpStatusCode.OK);
        (await place.As("manager").PostAsync($"/api/connections/{basic}/test")).Is(HttpStatusCode.OK);
        await place.Crm.ChangePasswordAsync("manager", old);

        await place.Crm.DownAsync();
        ((string?)(await place.As("rep-one").CallAsync("create-opportunity", SalesTeam.Deal()))["failure"]!["kind"]).ShouldBe("unavailable");
        ((string?)(await place.As("rep-two").CallAsync("whoami-by-key", new { }))["failure"]!["kind"]).ShouldBe("unavailable");
        await place.Crm.UpAsync();
    }

    private static async Task SendSecretsWhereTheyDoNotBelongAsync(Workplace place, Guid basic)
    {
        var manager = place.As("manager");
        static string Secret(string where) => Canaries.NewSecret($"secret {where}");
        (await manager.PostTextAsync("/api/connections", $$$"""{"definition":"crm-basic","fields":{"password":"{{{Secret("before a syntax error")}}}" oops}}""")).Is(HttpStatusCode.BadRequest);
        (await manager.PostTextAsync("/api/connections", $$$"""{"definition":"crm-basic","fields":{"password":["{{{Secret("of a wrong type")}}}"]}}""")).Is(HttpStatusCode.BadRequest);
        (await manager.PostTextAsync("/api/connections", $$$"""{"definition":"crm-basic","owner":"{{{Secret("as the owner")}}}"}""")).Is(HttpStatusCode.BadRequest);
        (await manager.PostTextAsync("/api/connections", $$$"""{"definition":"crm-basic","fields":{"username":"a:{{{Secret("in a user name with a colon")}}}","password":"{{{Secret("beside a bad user name")}}}"}}""")).Is(HttpStatusCode.BadRequest);
        (await manager.PostTextAsync("/api/connections", $$$"""{"definition":"crm-key","fields":{"apiKey":"{{{Secret("with a line break")}}}\nand more"}}""")).Is(HttpStatusCode.BadRequest);
        (await manager.PostTextAsync("/api/connections", $$$"""{"definition":"crm-key","fields":{"nothing":"{{{Secret("for no field")}}}"}}""")).Is(HttpStatusCode.BadRequest);
        (await place.Operator.PostTextAsync("/api/connection-definitions", $$$"""{"key":"k","connector":"sandbox-crm","scheme":"oauth2","clientSecret":["{{{Secret("as a list")}}}"]}""")).Is(HttpStatusCode.BadRequest);
        (await place.Operator.PostTextAsync("/api/connection-definitions", $$$"""{"key":"k","connector":"sandbox-crm","scheme":"basic","presets":{"password":"{{{Secret("as a preset")}}}"}}""")).Is(HttpStatusCode.BadRequest);

        var stranger = place.Stranger();
        foreach (var header in new[] { $"Bearer {Secret("as a token")}", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{Secret("as a password")}"))}", Secret("as a header") })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
            request.Headers.TryAddWithoutValidation("Authorization", header);
            (await stranger.SendAsync(request)).Is(HttpStatusCode.Unauthorized);
        }

        using var nobody = new Person(place.Address);
        (await nobody.SendFormAsync("/sign-in", new() { ["token"] = Secret("typed as a token") })).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await nobody.GetAsync($"/oauth/callback/crm?code={Secret("as a code")}&state={Secret("as a state")}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await nobody.GetAsync($"/oauth/callback/crm?code={Secret("as a code without state")}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        using var person = await place.PersonAsync("manager");
        var form = new Dictionary<string, string> { ["field.username"] = "manager", ["field.password"] = Secret("typed on the page") };
        (await person.SendFormAsync($"/connect/crm-basic?connection={basic}", form)).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    /// <summary>Takes a table away, so that requests end in exceptions that nobody handles.</summary>
    private static async Task BreakTheDatabaseAsync(Workplace place)
    {
        await using var database = new SqliteConnection($"Data Source={Path.Combine(place.DataFolder, "recipes.db")};Pooling=False");
        await database.OpenAsync();
        async Task ExecuteAsync(string sql)
        {
            await using var command = database.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }

        await ExecuteAsync("ALTER TABLE connections RENAME TO elsewhere");
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/connections?hint={Canaries.NewSecret("in the query of a request that breaks")}")
        {
            Content = new StringContent(
                $$$"""{"definition":"crm-key","owner":"organisation","fields":{"apiKey":"{{{Canaries.NewSecret("in the body of a request that breaks")}}}"}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Custom", Canaries.NewSecret("in a header of a request that breaks"));
        request.Headers.Add("Cookie", $"other={Canaries.NewSecret("in a cookie of a request that breaks")}");
        var broken = (await place.As("manager").SendAsync(request)).Is(HttpStatusCode.InternalServerError);
        await ExecuteAsync("ALTER TABLE elsewhere RENAME TO connections");

        ((string?)broken["type"]).ShouldBe("urn:recipes:problem:internal");
        ((string?)broken["traceId"]).ShouldNotBeNullOrEmpty();
        broken.Json.AsObject().Select(m => m.Key).ShouldBe(["type", "title", "status", "traceId"], ignoreOrder: true);
        place.Logs.Entries.ShouldContain(e => e.Level == LogLevel.Error && e.Exception is SqliteException);
    }

    private static async Task ReadEverythingAsync(Workplace place)
    {
        (await place.Stranger().GetAsync("/api/openapi.json")).Is(HttpStatusCode.OK);
        foreach (var path in new[] { "/api/me", "/api/users", "/api/connectors", "/api/connection-definitions", "/api/connections", "/api/recipes" })
            (await place.Operator.GetAsync(path)).Is(HttpStatusCode.OK);
        var runs = (await place.Operator.GetAsync("/api/runs?most=200")).Is(HttpStatusCode.OK).Json.AsArray().Select(r => $"{r!["id"]}").ToList();
        var connections = (await place.Operator.GetAsync("/api/connections")).Json.AsArray().Select(c => $"{c!["id"]}").ToList();
        runs.Count.ShouldBeGreaterThan(8);
        connections.Count.ShouldBeGreaterThan(3);
        using var person = await place.PersonAsync("operator");
        foreach (var path in (string[])
            [
                .. runs.Select(r => $"/api/runs/{r}"), .. runs.Select(r => $"/runs/{r}"), .. connections.Select(c => $"/api/connections/{c}"), .. connections.Select(c => $"/connections/{c}"),
                "/connections", "/connections/new", "/connections/definitions/crm", "/connections/definitions/crm-basic", "/connect/crm", "/connect/crm-basic", "/recipes", "/recipes/whoami-by-key", "/runs",
            ])
        {
            if (path.StartsWith("/api/", StringComparison.Ordinal))
                (await place.Operator.GetAsync(path)).Is(HttpStatusCode.OK);
            else
                (await person.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }
}
