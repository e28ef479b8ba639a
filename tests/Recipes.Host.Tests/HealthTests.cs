using System.Net;

namespace Recipes.Host.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task A_stranger_is_told_the_status_alone_and_an_operator_the_parts()
    {
        await using var place = await Workplace.StartAsync();
        await place.AddUserAsync("member", "createConnections");

        var stranger = (await place.Stranger().GetAsync("/health")).Is(HttpStatusCode.OK);
        var member = (await place.As("member").GetAsync("/health")).Is(HttpStatusCode.OK);
        var known = (await place.Operator.GetAsync("/health")).Is(HttpStatusCode.OK);

        stranger.Text.ShouldBe("""{"status":"ok"}""");
        member.Text.ShouldBe("""{"status":"ok"}""");
        ((bool)known["database"]!["reachable"]!, (bool)known["keyRing"]!["usable"]!).ShouldBe((true, true));
        known["schedules"]!["sweeps"]!.AsArray().Select(s => (string?)s!["name"]).ShouldContain("run-purge");
    }

    [PostgresFact]
    public async Task A_node_whose_database_is_away_says_so_quickly_and_is_well_when_it_is_back()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var place = await Workplace.StartAsync(postgres: server);
        var well = (await place.Operator.GetAsync("/health")).Is(HttpStatusCode.OK);

        await server.StopAsync();
        await Waiting.UntilAsync(async () => (await place.Stranger().GetAsync("/health")).Status == HttpStatusCode.ServiceUnavailable);
        var away = await place.Stranger().GetAsync("/health").WaitAsync(TimeSpan.FromSeconds(10));
        await server.ResumeAsync();
        await Waiting.UntilAsync(async () => await place.Operator.GetAsync("/health") is { Status: HttpStatusCode.OK } back && (bool?)back["database"]?["hearsOthers"] == true);

        ((string?)well["status"]).ShouldBeOneOf("ok", "degraded");
        away.Text.ShouldBe("""{"status":"failing"}""");
        well.Text.ShouldNotContain(server.Password);
        well.Text.ShouldNotContain("127.0.0.1");
    }
}
