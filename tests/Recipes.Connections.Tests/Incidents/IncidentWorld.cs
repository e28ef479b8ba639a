using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Many connections at one app, a webhook that is told of everything, and a clock that a test moves.</summary>
internal sealed class IncidentWorld : IAsyncDisposable
{
    private static readonly string[] s_all = ["connection.lost", "connection.recovered", "incident.opened", "incident.closed"];

    private int _definitions;

    private IncidentWorld(RotatingApp app, AppServer webhook, TestClock clock, ConnectionsHarness harness) => (App, Webhook, Clock, Harness) = (app, webhook, clock, harness);

    public RotatingApp App { get; }
    public AppServer Webhook { get; }
    public TestClock Clock { get; }
    public ConnectionsHarness Harness { get; }

    /// <summary>Every connection with its account.</summary>
    public Dictionary<string, ConnectionId> Connections { get; } = [];

    public IIncidentStore Incidents => Harness.Get<IIncidentStore>();

    public static async Task<IncidentWorld> StartAsync(params IEnumerable<(string Key, string Value)> settings)
    {
        var (app, webhook, clock) = (await RotatingApp.StartAsync(), await AppServer.StartAsync(_ => Results.NoContent()), new TestClock(TimeProvider.System.GetUtcNow()));
        return new(app, webhook, clock, await StartNodeAsync(app, webhook, clock, settings));
    }

    /// <summary>One more node beside those that there are, where they share a database.</summary>
    public Task<ConnectionsHarness> StartNodeAsync(params IEnumerable<(string Key, string Value)> settings) => StartNodeAsync(App, Webhook, Clock, settings);

    /// <summary>Connections that were checked and found well, a day ago.</summary>
    public async Task ConnectAsync(int count, Func<int, Owner>? owner = null)
    {
        var definition = await Harness.DefineAsync($"definition-{_definitions++}", "rotating", "oauth2", clientId: "client", clientSecret: Harness.NewSecret("client secret"));
        for (var number = 0; number < count; number++)
        {
            var account = string.Create(CultureInfo.InvariantCulture, $"account-{Connections.Count:00000}");
            var (access, refresh) = App.Grant(account);
            var tokens = new TokenSet(new(access), new(refresh), Clock.GetUtcNow(), TimeSpan.FromHours(1), null);
            var connection = Connection.Create(definition, owner?.Invoke(number) ?? Owner.Organisation, account, new Dictionary<string, string>(), isDefault: false, Clock.GetUtcNow());
            connection.Authorized(Harness.Vault.Seal(connection.Tenant, connection.Id, new Credential { Tokens = tokens }), tokens, null, Clock.GetUtcNow());
            await Harness.Store.AddAsync(connection, CancellationToken.None);
            Connections[account] = connection.Id;
        }

        await Harness.SweepAsync();
        Clock.Advance(TimeSpan.FromHours(27));
    }

    /// <summary>Waits, then does everything that is due by then but checks.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await Harness.Get<IncidentSweep>().RunAsync(CancellationToken.None);
        await Harness.Get<AlertSweep>().RunAsync(CancellationToken.None);
    }

    public async Task<IReadOnlyList<Connection>> ReadAllAsync() => await Harness.Store.ListAsync(TenantId.Default, new(), CancellationToken.None);

    /// <summary>What everybody was told so far: type, and which connection.</summary>
    public IReadOnlyList<(string Type, Guid? Connection)> Told() => [.. Webhook.Requests.Select(r => JsonNode.Parse(r.Text)!).Select(n => ((string)n["type"]!, (Guid?)n["connection"]?["id"]))];

    public int ToldOf(string type) => Told().Count(t => t.Type == type);

    public async ValueTask DisposeAsync()
    {
        await Harness.DisposeAsync();
        await Webhook.DisposeAsync();
        await App.DisposeAsync();
    }

    private static Task<ConnectionsHarness> StartNodeAsync(RotatingApp app, AppServer webhook, TestClock clock, IEnumerable<(string Key, string Value)> settings) => ConnectionsHarness.StartAsync(
        new Profiles(app.Profile), [app.Address.Authority, webhook.Address.Authority], clock,
        more:
        [
            ("Logging:LogLevel:Default", "Warning"), ("Alerts:Webhooks:0:Address", $"{webhook.Address}hook"), ("Alerts:Webhooks:0:Secret", Canaries.NewSecret("webhook secret")),
            .. s_all.Select((kind, i) => (string.Create(CultureInfo.InvariantCulture, $"Alerts:Webhooks:0:Kinds:{i}"), kind)), .. settings,
        ]);
}
