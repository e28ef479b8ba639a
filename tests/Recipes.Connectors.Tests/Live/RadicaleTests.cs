using Recipes.Connections;
using Recipes.Testing;

namespace Recipes.Connectors.Tests;

/// <summary>The connector of Radicale against a running server.</summary>
public sealed class RadicaleTests : IAsyncLifetime
{
    private const string Event = "BEGIN:VCALENDAR\\r\\nVERSION:2.0\\r\\nPRODID:-//Recipes//Test//EN\\r\\nBEGIN:VEVENT\\r\\nUID:meeting@recipes.test\\r\\nDTSTAMP:20260131T090000Z\\r\\n"
        + "DTSTART:20260131T090000Z\\r\\nDTEND:20260131T100000Z\\r\\nSUMMARY:Meeting\\r\\nEND:VEVENT\\r\\nEND:VCALENDAR\\r\\n";

    private RadicaleServer? _server;

    public async Task InitializeAsync() => _server = Programs.Find("radicale") is null ? null : await RadicaleServer.StartAsync();

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [RadicaleFact]
    public async Task Calendars_are_listed_made_and_written_to()
    {
        await using var connection = await ConnectAsync("alice-pw");

        (await connection.ProbeAsync()).ShouldBeOfType<ProbeResult.Passed>();
        await connection.OutputAsync("Radicale.CreateCalendar", """{ "collection": "work" }""");
        var saved = await connection.OutputAsync("Radicale.SaveEntry", $$"""{ "collection": "work", "entry": "meeting.ics", "text": "{{Event}}" }""");
        var read = await connection.OutputAsync("Radicale.ReadEntry", """{ "collection": "work", "entry": "meeting.ics" }""");
        var entries = await connection.OutputAsync("Radicale.ListEntries", """{ "collection": "work" }""");
        var collections = await connection.OutputAsync("Radicale.ListCollections");

        Hrefs(collections).ShouldBe(["/alice/", "/alice/shared/", "/alice/work/"], ignoreOrder: true);
        Hrefs(entries).ShouldBe(["/alice/work/", "/alice/work/meeting.ics"], ignoreOrder: true);
        ((string)read["text"]!).ShouldContain("SUMMARY:Meeting");
        saved["etag"].ShouldBe(read["etag"]);
    }

    [RadicaleFact]
    public async Task A_deleted_entry_is_gone()
    {
        await using var connection = await ConnectAsync("alice-pw");
        await connection.OutputAsync("Radicale.SaveEntry", $$"""{ "collection": "shared", "entry": "meeting.ics", "text": "{{Event}}" }""");

        await connection.OutputAsync("Radicale.DeleteEntry", """{ "collection": "shared", "entry": "meeting.ics" }""");

        var entries = await connection.OutputAsync("Radicale.ListEntries", """{ "collection": "shared" }""");
        Hrefs(entries).ShouldBe(["/alice/shared/"]);
        entries["count"].ShouldBe(1L);
    }

    [RadicaleFact]
    public async Task A_wrong_password_and_a_foreign_calendar_are_told_apart()
    {
        await using var connection = await ConnectAsync("alice-pw");
        var wrongPassword = Canaries.NewSecret("wrong password");
        await using var wrong = await ConnectAsync(wrongPassword);
        await _server!.SetRightsAsync("[read]\nuser: .+\ncollection: .*\npermissions: Rr\n");

        var forbidden = await connection.RunAsync("Radicale.CreateCalendar", """{ "collection": "work" }""");

        forbidden.ShouldBeOfType<ActionResult.Failed>().Failure.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        (await wrong.ProbeAsync()).ShouldBeOfType<ProbeResult.Failed>().Failure.Kind.ShouldBe(FailureKind.ModifiedCredentials);
    }

    private Task<AppConnection> ConnectAsync(string password) => AppConnection.ConnectAsync(
        _server!.BaseAddress, "radicale", "basic", new() { ["address"] = _server.BaseAddress.GetLeftPart(UriPartial.Authority), ["username"] = "alice", ["password"] = password });

    private static IEnumerable<string> Hrefs(IReadOnlyDictionary<string, object?> output) =>
        ((List<object?>)output["items"]!).Select(i => (string)((Dictionary<string, object?>)i!)["href"]!);
}
