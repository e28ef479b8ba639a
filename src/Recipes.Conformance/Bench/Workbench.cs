using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Secret = Recipes.Connections.Secret;

namespace Recipes.Conformance;

/// <summary>One scheme of a connector under check: the real connections of Recipes, with a stand-in for the app and a clock that stands still.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    public static readonly Caller Operator = new(TenantId.Default, UserId.Parse("kit"), Privileges.Operator);

    private readonly CapturedLog _log = new();
    private readonly StringBuilder _shown = new();
    private readonly List<Exchange> _exchanges = [];
    private readonly ServiceProvider _services;
    private readonly StandInServer _server;
    private int _definitions;

    private Workbench(ConnectorProfile connector, AuthScheme scheme, SampleAccount account, StandIn standIn, StandInClock clock, StandInServer server)
    {
        (Connector, Scheme, Account, StandIn, Clock, _server) = (connector, scheme, account, standIn, clock, server);
        var settings = Exceptions(connector, scheme, standIn).Select((host, i) => KeyValuePair.Create($"Egress:Allow:{i}", (string?)host)).ToDictionary();
        // What an operator has to allow is no matter of the file.
        settings["OAuth2:DangerousAllowPasswordGrant"] = "true";
        settings["Egress:RequestTimeout"] = Timeout.ToString("c");
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Trace).AddProvider(_log));
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<IConnectorProfiles>(new OneConnector(connector));
        services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        services.AddSingleton<MemoryConnectionStore>();
        services.AddSingleton<IConnectionStore>(s => s.GetRequiredService<MemoryConnectionStore>());
        services.AddSingleton<ICheckSchedule>(s => s.GetRequiredService<MemoryConnectionStore>());
        services.AddSingleton<IAuthorizationFlowStore, MemoryFlowStore>();
        services.AddSingleton<IDeviceFlowStore, MemoryDeviceFlowStore>();
        services.AddSingleton<IRefreshLeases, MemoryRefreshLeases>();
        services.AddSingleton<IIncidentStore, NoIncidents>();
        services.AddSingleton<IDevelopmentAppStore, NoDevelopmentApps>();
        services.AddSingleton<IConnectionLog, NoConnectionLog>();
        services.AddSingleton(s => new EgressGuard(s.GetRequiredService<IOptions<EgressOptions>>(), clock, server.Network));
        services.AddConnections(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        _services = services.BuildServiceProvider();
    }

    public ConnectorProfile Connector { get; }
    public AuthScheme Scheme { get; }
    public SampleAccount Account { get; }
    public StandIn StandIn { get; }
    public StandInClock Clock { get; }
    public FaultProxy Proxy { get; } = new();

    /// <summary>What went over the wire so far.</summary>
    public IReadOnlyList<Exchange> Exchanges
    {
        get
        {
            lock (_exchanges)
                return [.. _exchanges];
        }
    }

    /// <summary>Everything that people could have seen: logs, failures, request lines, records.</summary>
    public string Texts => $"{_log.Text}\n{_shown}";

    /// <param name="provider">Whose words the stand-in goes by: those of the connector itself, or of another file.</param>
    /// <returns>Null where the kit has no stand-in for the scheme's type.</returns>
    public static async Task<Workbench?> StartAsync(ConnectorProfile connector, AuthScheme scheme, (ConnectorProfile Connector, AuthScheme Scheme) provider, StandInAuthority authority)
    {
        var clock = new StandInClock();
        var account = new SampleAccount(connector, scheme, authority);
        if (StandInFor.Scheme(provider.Connector, provider.Scheme, account, clock) is not { } standIn)
            return null;
        Workbench? bench = null;
        var server = await StandInServer.StartAsync(authority, (request, cancellationToken) => bench!.AnswerAsync(request, cancellationToken));
        foreach (var address in Addresses(connector, scheme, standIn).Where(a => a.Scheme == Uri.UriSchemeHttp))
            server.IsPlain(address.Host, address.Port);
        bench = new Workbench(connector, scheme, account, standIn, clock, server);
        return bench;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Notes a text that people would see.</summary>
    public void Shown(object? text)
    {
        lock (_shown)
            _shown.AppendLine(text?.ToString());
    }

    public async Task<SetupResult<ConnectionDefinition>> DefineAsync()
    {
        var result = await Get<DefinitionSetup>().CreateAsync(Operator, new()
        {
            Key = $"kit-{++_definitions}",
            Connector = Connector.Name,
            Scheme = Scheme.Name,
            Presets = Account.Presets(Scheme),
            ClientId = Account.Client?.Id,
            ClientSecret = Account.Client?.Secret is { } secret ? new Secret(secret) : null,
        }, CancellationToken.None);
        Shown(result);
        return result;
    }

    /// <param name="secrets">In place of the account's own; null for those.</param>
    public async Task<SetupResult<Connection>> CreateAsync(ConnectionDefinition definition, IReadOnlyDictionary<string, string>? secrets = null)
    {
        var fields = Account.Fields.Where(f => f.Value.Length > 0 && !definition.Presets.ContainsKey(f.Key)).Concat(secrets ?? Account.Secrets).ToDictionary(f => f.Key, f => new Secret(f.Value));
        var result = await Get<ConnectionSetup>().CreateAsync(Operator, new() { DefinitionKey = definition.Key.Value, Owner = Owner.Organisation, Fields = fields }, CancellationToken.None);
        Shown(result);
        return result;
    }

    /// <summary>Sends an action's request.</summary>
    public async Task<Failure?> SendAsync(ConnectionId id, HttpMethod? method = null)
    {
        var inBody = Scheme is ApiKeyScheme { Location: ApiKeyLocation.Body } || Scheme.Apply?.Body.Count > 0;
        var client = await Get<IConnectionClients>().GetAsync(id, CancellationToken.None);
        using var request = new HttpRequestMessage(method ?? (inBody ? HttpMethod.Post : HttpMethod.Get), new Uri("kit/items?page=1", UriKind.Relative));
        if (inBody)
            request.Content = new StringContent("""{"name":"kit"}""", Encoding.UTF8, "application/json");
        using var reply = await client.SendAsync(request, "Kit.Action", CancellationToken.None);
        Shown($"{reply.RequestLine} {reply.Failure} {request}");
        return reply.Failure;
    }

    public async Task<ProbeResult> ProbeAsync(ConnectionId id)
    {
        var result = await Get<Prober>().ProbeAsync(id, Actor.System, CancellationToken.None);
        Shown(result);
        return result;
    }

    /// <summary>Lets the pause of suspects pass and has them checked.</summary>
    public async Task CheckSuspectsAsync()
    {
        Clock.Advance(new RevalidationOptions().SuspectPause + TimeSpan.FromSeconds(1));
        await Get<RevalidationSweep>().RunAsync(CancellationToken.None);
    }

    public async Task<Connection> ReadAsync(ConnectionId id)
    {
        var connection = await Get<IConnectionStore>().FindAsync(id, CancellationToken.None) ?? throw new KitException("The connection is gone.");
        Shown(connection.Record with { SealedCredential = null });
        Shown($"{string.Join(' ', connection.Record.Fields.Where(f => !StandIn.Captured.ContainsValue(f.Value)))} {connection.Record.Failure}");
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task<StandInReply?> AnswerAsync(ReceivedRequest request, CancellationToken cancellationToken)
    {
        var door = StandIn.DoorOf(request);
        StandInReply? reply = null;
        try
        {
            switch (Proxy.At(door))
            {
                case Fault.Drop:
                    break;
                case Fault.Hang:
                    // Whoever waits gives up on the clock of the kit.
                    Clock.Advance(Timeout + TimeSpan.FromSeconds(1));
                    await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    break;
                case Fault.Reply other:
                    reply = other.Answer(request);
                    break;
                case Fault.Change change:
                    reply = change.Answer(StandIn.Answer(request));
                    break;
                default:
                    reply = StandIn.Answer(request);
                    break;
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Broken ??= fault;
            reply = StandInReply.Error(500, "kit", "the stand-in broke");
        }

        lock (_exchanges)
            _exchanges.Add(new(door, request, reply));
        return reply;
    }

    /// <summary>Everything that must not be shown, of 8 characters or more: shorter ones would be found by chance.</summary>
    public IEnumerable<string> Secrets => Account.Secrets.Values.Concat(StandIn.HandedOut).Append(Account.Client?.Secret ?? "").Where(s => s.Length >= 8).Distinct();

    /// <summary>What broke the stand-in itself; null when nothing did.</summary>
    public Exception? Broken { get; private set; }

    public void ForgetBroken() => Broken = null;

    private static IEnumerable<Uri> Addresses(ConnectorProfile connector, AuthScheme scheme, StandIn standIn) =>
        connector.AddressesOf(scheme).Select(a => a.Template.RenderOrNull(standIn.Fields)).OfType<string>().Concat(standIn.Account.Fields.Values)
            .Select(text => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null).OfType<Uri>();

    // What an operator has to allow for this connector: private hosts and those without TLS.
    private static IEnumerable<string> Exceptions(ConnectorProfile connector, AuthScheme scheme, StandIn standIn)
    {
        var guard = new EgressGuard(Options.Create(new EgressOptions()));
        using (guard)
            return [.. Addresses(connector, scheme, standIn).Where(a => guard.Check(a) is not null).Select(a => $"{a.Host}:{a.Port}").Distinct()];
    }

    private sealed class OneConnector(ConnectorProfile connector) : IConnectorProfiles
    {
        public ConnectorProfile? Find(string name) => name == connector.Name ? connector : null;
    }
}
