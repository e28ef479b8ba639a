using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>What each answer means, in an action and in a probe, read row by row.</summary>
public sealed class ClassificationTests
{
    private static readonly (Reply Answer, string Action, string Probe)[] s_general =
    [
        (new(200), "success: Connected Green", "success: Connected Yellow"),
        (new(204), "success: Connected Green", "success: Connected Yellow"),
        (new(401), "ModifiedCredentials: Suspect Red", "ModifiedCredentials: Suspect Red"),
        (new(401, "WWW-Authenticate", "Bearer error=\"insufficient_scope\""), "InsufficientPermissions: Connected Yellow, limited", "InsufficientPermissions: Connected Red"),
        (new(403), "InsufficientPermissions: Connected Yellow, limited", "InsufficientPermissions: Connected Red"),
        (new(403, "WWW-Authenticate", "Bearer error=\"insufficient_scope\""), "InsufficientPermissions: Connected Yellow, limited", "InsufficientPermissions: Connected Red"),
        (new(429), "RateLimited: Connected Yellow", "RateLimited: Connected Yellow"),
        (new(429, "Retry-After", "120"), "RateLimited: Connected Yellow", "RateLimited: Connected Yellow"),
        (new(503, "Retry-After", "120"), "RateLimited: Connected Yellow", "RateLimited: Connected Yellow"),
        (new(503, "Retry-After", "Wed, 21 Oct 2037 07:28:00 GMT"), "RateLimited: Connected Yellow", "RateLimited: Connected Yellow"),
        (new(503), "Unavailable: Connected Yellow", "Unavailable: Connected Yellow"),
        (new(500), "Unavailable: Connected Yellow", "Unavailable: Connected Yellow"),
        (new(502), "Unavailable: Connected Yellow", "Unavailable: Connected Yellow"),
        (new(504), "Unavailable: Connected Yellow", "Unavailable: Connected Yellow"),
        (new(408), "Unavailable: Connected Yellow", "Unavailable: Connected Yellow"),
        (new(423), "Unavailable: Connected Yellow", "Unavailable: Connected Yellow"),
        (new(425), "Unavailable: Connected Yellow", "Unavailable: Connected Yellow"),
        (new(404), "Unknown: Connected Yellow", "Misconfigured: Connected Red"),
        (new(302, "Location", "http://127.0.0.1:9/sign-in"), "Unknown: Connected Yellow", "Misconfigured: Connected Red"),
        (new(400), "Unknown: Connected Yellow", "Unknown: Connected Yellow"),
        (new(409), "Unknown: Connected Yellow", "Unknown: Connected Yellow"),
        (new(418), "Unknown: Connected Yellow", "Unknown: Connected Yellow"),
    ];

    private static readonly ErrorRule[] s_rules =
    [
        new() { Statuses = [200], BodyPath = ["error"], Pattern = new("^invalid_auth$"), Kind = FailureKind.ModifiedCredentials },
        new() { Statuses = [200], BodyPath = ["ok"], Pattern = new("^false$"), Kind = FailureKind.Unknown },
        new() { Statuses = [200], ContentType = "text/html", Pattern = new("(?i)maintenance"), Kind = FailureKind.Unavailable },
        new() { Statuses = [400], BodyPath = ["errors", "0", "code"], Pattern = new("^revoked$"), Kind = FailureKind.ModifiedCredentials },
        new() { Statuses = [401], Header = "X-Missing-Permission", Kind = FailureKind.InsufficientPermissions },
        new() { Statuses = [403], Header = "X-Quota", HeaderPattern = new("^exceeded$"), Kind = FailureKind.RateLimited },
        new() { Statuses = [404], Header = "X-App", HeaderAbsent = true, Kind = FailureKind.Unavailable },
        new() { Statuses = [422], ContentType = "text/plain", Kind = FailureKind.Misconfigured },
        new() { ContentType = "application/vnd.app.outage+json", Kind = FailureKind.Unavailable },
    ];

    private static readonly (Reply Answer, string Action, string Probe)[] s_declared =
    [
        (new(200, Body: """{"ok":true}"""), "success: Connected Green", "success: Connected Yellow"),
        (new(200, Body: """{"ok":false,"error":"invalid_auth"}"""), "ModifiedCredentials: Suspect Red", "ModifiedCredentials: Suspect Red"),
        (new(200, Body: """{"ok":false,"error":"other"}"""), "Unknown: Connected Yellow", "Unknown: Connected Yellow"),
        (new(200, Body: "<h1>Maintenance</h1>", Type: "text/html; charset=utf-8"), "Unavailable: Connected Yellow", "Unavailable: Connected Yellow"),
        (new(200, Body: "Maintenance", Type: "text/plain"), "success: Connected Green", "success: Connected Yellow"),
        (new(400, Body: """{"errors":[{"code":"revoked"}]}"""), "ModifiedCredentials: Suspect Red", "ModifiedCredentials: Suspect Red"),
        (new(400, Body: """{"errors":[{"code":"other"}]}"""), "Unknown: Connected Yellow", "Unknown: Connected Yellow"),
        (new(401, "X-Missing-Permission", "crm.write"), "InsufficientPermissions: Connected Yellow, limited", "InsufficientPermissions: Connected Red"),
        (new(401), "ModifiedCredentials: Suspect Red", "ModifiedCredentials: Suspect Red"),
        (new(403, "X-Quota", "exceeded"), "RateLimited: Connected Yellow", "RateLimited: Connected Yellow"),
        (new(403, "X-Quota", "left: 5"), "InsufficientPermissions: Connected Yellow, limited", "InsufficientPermissions: Connected Red"),
        (new(404), "Unavailable: Connected Yellow", "Unavailable: Connected Yellow"),
        (new(404, "X-App", "1"), "Unknown: Connected Yellow", "Misconfigured: Connected Red"),
        (new(422, Body: "wrong place", Type: "text/plain"), "Misconfigured: Connected Red", "Misconfigured: Connected Red"),
        (new(422, Body: "{}"), "Unknown: Connected Yellow", "Unknown: Connected Yellow"),
        (new(500, Body: "{}", Type: "application/vnd.app.outage+json"), "Unavailable: Connected Yellow", "Unavailable: Connected Yellow"),
        (new(200, Body: "{}", Type: "application/vnd.app.outage+json"), "Unavailable: Connected Yellow", "Unavailable: Connected Yellow"),
    ];

    [Fact]
    public Task Every_answer_means_what_the_table_says() => CompareAsync(s_general, []);

    [Fact]
    public Task A_connectors_own_rules_go_before_the_table() => CompareAsync(s_declared, s_rules);

    [Fact]
    public async Task The_apps_own_words_are_kept_without_secrets_and_cut()
    {
        var key = Canaries.NewSecret("api key");
        var answer = new Reply(400, Body: $$"""{"code":"too_much","message":"{{key}} {{new string('x', 600)}}"}""");
        await using var app = await AppServer.StartAsync(_ => answer);
        await using var harness = await StartAsync(app, []);
        var id = await harness.ConnectAsync("app", new() { ["apiKey"] = harness.Watch("api key", key) });

        using var reply = await harness.SendAsync(id, "0");

        reply.Failure!.ProviderCode.ShouldBe("too_much");
        reply.Failure.ProviderWords!.Length.ShouldBe(500);
        reply.Failure.ProviderWords.ShouldNotContain(key);
        (await harness.ReadAsync(id)).Record.Failure!.ProviderWords.ShouldBe(reply.Failure.ProviderWords);
    }

    private static async Task CompareAsync((Reply Answer, string Action, string Probe)[] table, ErrorRule[] rules)
    {
        await using var app = await AppServer.StartAsync(r => table[int.Parse(r.Target.Split('/')[^1], CultureInfo.InvariantCulture)].Answer);
        await using var harness = await StartAsync(app, rules);
        var (expected, seen) = (new StringBuilder(), new StringBuilder());

        for (var row = 0; row < table.Length; row++)
        {
            var (answer, action, probe) = table[row];
            expected.AppendLine($"{answer}\n  action {action}\n  probe  {probe}");
            var (used, tested) = (await ConnectAsync(harness, row), await ConnectAsync(harness, row));
            (await harness.SendAsync(used, $"{row}")).Dispose();
            await harness.ProbeAsync(tested);
            seen.AppendLine($"{answer}\n  action {await StandingAsync(harness, used)}\n  probe  {await StandingAsync(harness, tested)}");
        }

        seen.ToString().ShouldBe(expected.ToString());
    }

    private static async Task<ConnectionsHarness> StartAsync(AppServer app, ErrorRule[] rules)
    {
        var profile = Profiles.Keys(app.Address) with { Errors = rules };
        var harness = await ConnectionsHarness.StartAsync(new Profiles(profile), [app.Address.Authority]);
        await harness.DefineAsync("app", "keys", "header");
        return harness;
    }

    private static Task<ConnectionId> ConnectAsync(ConnectionsHarness harness, int row) => harness.ConnectAsync("app", new() { ["apiKey"] = "any-key", ["probe"] = $"{row}" });

    private static async Task<string> StandingAsync(ConnectionsHarness harness, ConnectionId id)
    {
        var connection = await harness.ReadAsync(id);
        var kind = connection.Record.Failure?.Kind.ToString() ?? (connection.Record.Limitations.Count > 0 ? nameof(FailureKind.InsufficientPermissions) : "success");
        return $"{kind}: {connection.State} {connection.Health}{(connection.Record.Limitations.Count > 0 ? ", limited" : "")}";
    }

    private sealed record Reply(int Status, string? Header = null, string? Value = null, string? Body = null, string Type = "application/json") : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.StatusCode = Status;
            if (Header is not null)
                context.Response.Headers.Append(Header, Value);
            if (Status == StatusCodes.Status204NoContent)
                return;
            context.Response.ContentType = Type;
            await context.Response.WriteAsync(Body ?? "{}");
        }

        public override string ToString() => $"{Status}{(Header is null ? "" : $" {Header}: {Value}")}{(Body is null ? "" : $" {Body} as {Type}")}";
    }
}
