using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Recipes.Host.Tests;

/// <summary>What a collector of metrics and traces gets to know, and what it does not.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_collector_gets_metrics_and_spans_and_no_secret_in_them()
    {
        await using var collector = await Receiver.StartAsync();
        await using var app = await Receiver.StartAsync(path => path.StartsWith("/broken", StringComparison.Ordinal) ? 500 : path.StartsWith("/refused", StringComparison.Ordinal) ? 401 : 200);
        await using var place = await Workplace.StartAsync(settings:
        [
            "--Egress:Allow:5", app.Address.Authority, "--OpenTelemetry:Endpoint", collector.Address.AbsoluteUri, "--OpenTelemetry:Interval", "00:00:01", "--Schedules:Every:alerts", "00:00:01",
            "--Alerts:Webhooks:0:Address", $"{app.Address}{Canaries.NewSecret("key in the webhook's address")}", "--Alerts:Webhooks:0:Secret", Canaries.NewSecret("webhook secret"),
        ]);
        (await place.Operator.PostAsync("/api/connection-definitions", new { key = "things", connector = "api-key", scheme = "query", presets = new { baseUrl = app.Address } })).Is(HttpStatusCode.Created);
        var id = (string)(await place.Operator.PostAsync("/api/connections", new { definition = "things", owner = "organisation", fields = new { apiKey = Canaries.NewSecret("API key") } })).Is(HttpStatusCode.Created)["id"]!;
        (await place.Operator.PostAsync($"/api/connections/{id}/test")).Is(HttpStatusCode.OK);
        await CallAsync(place, id, $"good?hidden={Canaries.NewSecret("query of a call")}", withFailure: false);
        await CallAsync(place, id, $"broken/{Canaries.NewSecret("path of a call")}", withFailure: true);
        await CallAsync(place, id, "refused", withFailure: true);
        await ChangeAsync(place, id, c => c.GrantLost(new Failure { Kind = FailureKind.ModifiedCredentials, Message = "x", At = place.Clock.GetUtcNow() }));
        await ChangeAsync(place, id, c => c.ProbePassed(null, place.Clock.GetUtcNow(), needsConsent: false));
        await place.Stranger().GetAsync($"/oauth/callback/things?code={Canaries.NewSecret("code")}&state={Canaries.NewSecret("state")}");
        await Waiting.UntilAsync(() => Text(collector, "/v1/metrics").Contains("recipes.alert.deliveries", StringComparison.Ordinal) && Text(collector, "/v1/metrics").Contains("recipes.connections.troubled", StringComparison.Ordinal), seconds: 60);
        await place.StopHostAsync();

        var (metrics, traces) = (Text(collector, "/v1/metrics"), Text(collector, "/v1/traces"));
        foreach (var name in new[] { "service.name", "recipes.connection.probes", "recipes.connection.failures", "recipes.connection.heal.duration", "recipes.sweep.duration", "recipes.alert.deliveries", "recipes.connections.troubled", "http.server.request.duration", "api-key", "unavailable", "modifiedCredentials", "alerts" })
            metrics.Contains(name, StringComparison.Ordinal).ShouldBeTrue($"metrics have {name}");
        foreach (var name in new[] { "connection call", "connection probe", "alert delivery", "sweep", "recipes.connector", "api-key", "/oauth/callback/things", "http.request.method" })
            traces.Contains(name, StringComparison.Ordinal).ShouldBeTrue($"traces have {name}");
        metrics.Contains(id, StringComparison.Ordinal).ShouldBeFalse("ids are without number");
        $"{metrics}{traces}".Contains(app.Address.Authority, StringComparison.Ordinal).ShouldBeFalse("what is called is nobody's business");
        Canaries.FindIn($"{metrics}{traces}", "what the collector got").ShouldBeEmpty();
        app.All.ShouldNotBeEmpty();
        app.All.ShouldAllBe(r => !r.Headers.ContainsKey("traceparent") && !r.Headers.ContainsKey("baggage"));
    }

    [Fact]
    public async Task Without_a_collector_nothing_of_it_is_loaded()
    {
        await using var place = await Workplace.StartAsync();

        place.Services.GetServices<IHostedService>().ShouldNotContain(s => s.GetType().Name == "TelemetryExport");
    }

    private static async Task CallAsync(Workplace place, string id, string path, bool withFailure)
    {
        var client = await place.Services.GetRequiredService<IConnectionClients>().GetAsync(new(Guid.Parse(id)), default);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        using var reply = await client.SendAsync(request, "Things.Read", default);
        (reply.Failure is not null).ShouldBe(withFailure);
    }

    // A scheduled check may change it at the same moment.
    private static async Task ChangeAsync(Workplace place, string id, Action<Connection> change)
    {
        var store = place.Services.GetRequiredService<IConnectionStore>();
        Connection connection;
        do
        {
            connection = (await store.FindAsync(new ConnectionId(Guid.Parse(id)), default))!;
            change(connection);
        }
        while (!await store.TryUpdateAsync(connection, default));
    }

    private static string Text(Receiver collector, string path) => string.Concat(collector.All.Where(r => r.Path == path).Select(r => r.Text));
}
