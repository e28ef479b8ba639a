using System.Text;
using System.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recipes.Storage;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Connections as a host wires them, on a real database in a folder of its own. In the end it looks for the secrets it was told of.</summary>
internal sealed class ConnectionsHarness : IAsyncDisposable
{
    public static readonly UserId Manager = UserId.Parse("manager");
    public static readonly Caller Operator = new(TenantId.Default, Manager, Privileges.Operator);

    private readonly ServiceProvider _services;
    private readonly TempFolder _folder;
    private readonly bool _ownsFolder;
    private readonly List<string> _secrets = [];
    private readonly StringBuilder _shown = new();

    private ConnectionsHarness(ServiceProvider services, TempFolder folder, bool ownsFolder, CapturedLogs logs)
    {
        (_services, _folder, _ownsFolder, Logs) = (services, folder, ownsFolder, logs);
    }

    public TempFolder Folder => _folder;
    public CapturedLogs Logs { get; }
    public FaultyStore Store => (FaultyStore)Get<IConnectionStore>();
    public FaultyLeases Leases => (FaultyLeases)Get<IRefreshLeases>();
    public CredentialVault Vault => Get<CredentialVault>();
    public ConnectionSetup Setup => Get<ConnectionSetup>();
    public AuthorizationFlows Flows => Get<AuthorizationFlows>();
    public DeviceFlows Devices => Get<DeviceFlows>();
    public Prober Prober => Get<Prober>();

    public static async Task<ConnectionsHarness> StartAsync(
        IConnectorProfiles connectors, IEnumerable<string> allow, TimeProvider? clock = null, TempFolder? folder = null, TimeSpan? timeout = null, params IEnumerable<(string Key, string Value)> more)
    {
        var captured = new CapturedLogs();
        var home = folder ?? new TempFolder();
        var settings = allow.Select((entry, i) => KeyValuePair.Create($"Egress:Allow:{i}", (string?)entry)).ToDictionary();
        settings["Egress:RequestTimeout"] = (timeout ?? TimeSpan.FromSeconds(20)).ToString("c");
        foreach (var (key, value) in more)
            settings[key] = value;
        var services = new ServiceCollection();
        var level = Enum.Parse<LogLevel>(settings.GetValueOrDefault("Logging:LogLevel:Default") ?? nameof(LogLevel.Trace));
        services.AddLogging(l => l.SetMinimumLevel(level).AddProvider(captured));
        services.AddSingleton(clock ?? TimeProvider.System);
        services.AddSingleton(connectors);
        services.AddRecipesStorage(new StorageOptions { DataFolder = home.Combine("data"), Postgres = settings.GetValueOrDefault("Storage:Postgres") });
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        services.AddConnections(configuration).AddAlerts(configuration).AddSingleton<IAlertPages, Pages>();
        var store = services.Last(s => s.ServiceType == typeof(IConnectionStore)).ImplementationFactory!;
        services.AddSingleton<IConnectionStore>(s => new FaultyStore((IConnectionStore)store(s)));
        var leases = services.Last(s => s.ServiceType == typeof(IRefreshLeases)).ImplementationType!;
        services.AddSingleton<IRefreshLeases>(s => new FaultyLeases((IRefreshLeases)ActivatorUtilities.CreateInstance(s, leases)));
        var harness = new ConnectionsHarness(services.BuildServiceProvider(), home, folder is null, captured);
        await harness._services.MigrateRecipesStorageAsync();
        return harness;
    }

    public static Task<ConnectionsHarness> StartAsync(OidcProvider provider, TimeProvider? clock = null, TempFolder? folder = null, TimeSpan? timeout = null, bool checkIssuer = true, string probe = "api/read") =>
        StartAsync(new Profiles(Profiles.Oidc(provider, checkIssuer, probe)), [provider.Issuer.Authority], clock, folder, timeout);

    public static Task<ConnectionsHarness> StartAsync(Uri server, TimeProvider? clock = null, TimeSpan? timeout = null, params string[] allow) =>
        StartAsync(new Profiles(Profiles.Docs(server), Profiles.Keys(server)), [server.Authority, .. allow], clock, null, timeout);

    public static Task<ConnectionsHarness> StartAsync(OAuth1Provider provider, TimeProvider? clock = null, TimeSpan? timeout = null, Func<OAuth1Scheme, OAuth1Scheme>? change = null) =>
        StartAsync(new Profiles(Profiles.OAuth1(provider, change)), [provider.BaseAddress.Authority], clock, null, timeout);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A secret that must turn up neither in logs, nor in what was shown, nor in a file.</summary>
    public string Watch(string label, string secret)
    {
        Canaries.Add(label, secret);
        lock (_secrets)
            _secrets.Add(secret);
        return secret;
    }

    public string NewSecret(string label) => Watch(label, Canaries.NewSecret(label));

    /// <summary>Notes a text that people would see.</summary>
    public void Shown(string? text)
    {
        lock (_shown)
            _shown.AppendLine(text);
    }

    public async Task<ConnectionDefinition> DefineAsync(
        string key, string connector, string scheme, RuntimeUserPolicy policy = RuntimeUserPolicy.Off, string? clientId = null, string? clientSecret = null,
        IReadOnlyList<string>? scopes = null, Dictionary<string, string>? presets = null)
    {
        var result = await Get<DefinitionSetup>().CreateAsync(Operator, new()
        {
            Key = key,
            Connector = connector,
            Scheme = scheme,
            RuntimeUser = policy,
            ClientId = clientId,
            ClientSecret = clientSecret is null ? null : new Secret(clientSecret),
            Scopes = scopes ?? [],
            Presets = presets ?? [],
        }, CancellationToken.None);
        return result.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>().Value;
    }

    public async Task<ConnectionId> ConnectAsync(string definition, Dictionary<string, string> fields, Owner? owner = null, bool isDefault = false)
    {
        var result = await Setup.CreateAsync(Operator, new()
        {
            DefinitionKey = definition,
            Owner = owner ?? Owner.Organisation,
            IsDefault = isDefault,
            Fields = fields.ToDictionary(f => f.Key, f => new Secret(f.Value)),
        }, CancellationToken.None);
        return result.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Id;
    }

    /// <summary>A client of the provider, a definition with it, and a connection that <paramref name="login"/> consented to.</summary>
    public async Task<ConnectionId> ConsentAsync(
        OidcProvider provider, string scheme = "basic", string login = "alice", string? secret = null, bool isPublic = false, IReadOnlyList<string>? scopes = null)
    {
        var (client, key) = ($"client-{Guid.NewGuid():N}", $"crm-{Guid.NewGuid():N}");
        var clientSecret = isPublic ? null : Watch("client secret", secret ?? Canaries.NewSecret("client secret"));
        await provider.AddClientAsync(client, clientSecret, isPublic ? "none" : scheme == "body" ? "client_secret_post" : "client_secret_basic", Callback(key).AbsoluteUri);
        await DefineAsync(key, "oidc", scheme, clientId: client, clientSecret: clientSecret, scopes: scopes);
        var id = await ConnectAsync(key, []);
        var outcome = await AuthorizeAsync(id, login);
        outcome.ShouldBeOfType<FlowOutcome.Connected>().Connection.ShouldBe(id);
        return id;
    }

    /// <summary>A client of the provider, a definition of its first scheme, and a connection that nobody has consented to.</summary>
    public async Task<ConnectionId> PendingAsync(OidcProvider provider, IReadOnlyList<string>? scopes = null, bool isDevice = false)
    {
        var (client, key) = ($"client-{Guid.NewGuid():N}", $"crm-{Guid.NewGuid():N}");
        var secret = NewSecret("client secret");
        await (isDevice ? provider.AddDeviceClientAsync(client, secret) : provider.AddClientAsync(client, secret, "client_secret_basic", Callback(key).AbsoluteUri));
        await DefineAsync(key, "oidc", "basic", clientId: client, clientSecret: secret, scopes: scopes);
        return await ConnectAsync(key, []);
    }

    public static Task<ConnectionsHarness> StartAsync(OidcProvider provider, ConnectorProfile profile, TimeProvider? clock = null) =>
        StartAsync(new Profiles(profile), [provider.Issuer.Authority], clock);

    /// <summary>The whole way through the provider's pages, in a new browser.</summary>
    public async Task<FlowOutcome> AuthorizeAsync(ConnectionId id, string login = "alice", Caller? caller = null, bool acceptsOther = false)
    {
        var browser = await StartFlowAsync(id, caller, acceptsOther: acceptsOther);
        return await CompleteAsync(browser, await browser.ConsentAsync(login));
    }

    /// <summary>The same, asking for these scopes.</summary>
    public async Task<FlowOutcome> CompleteFlowAsync(ConnectionId id, string login, IReadOnlyList<string> scopes)
    {
        var browser = await StartFlowAsync(id, scopes: scopes);
        return await CompleteAsync(browser, await browser.ConsentAsync(login));
    }

    public async Task<FlowBrowser> StartFlowAsync(ConnectionId id, Caller? caller = null, IReadOnlyList<string>? scopes = null, bool acceptsOther = false)
    {
        var start = await TryStartFlowAsync(id, caller, scopes, acceptsOther);
        var started = start.ShouldBeOfType<FlowStart.Started>().Flow;
        return new(started, (await DefinitionOfAsync(id)).CallbackSlug);
    }

    public async Task<FlowStart> TryStartFlowAsync(ConnectionId id, Caller? caller = null, IReadOnlyList<string>? scopes = null, bool acceptsOther = false)
    {
        var connection = await ReadAsync(id);
        var start = await Flows.StartAsync(caller ?? Operator, connection, Callback((await DefinitionOfAsync(id)).CallbackSlug), scopes, CancellationToken.None, acceptsOtherAccount: acceptsOther);
        Shown((start as FlowStart.Failed)?.ToString());
        if (start is FlowStart.Started { Flow: var started })
        {
            Watch("flow cookie", started.CookieValue.Reveal());
            var query = HttpUtility.ParseQueryString(started.AuthorizationAddress.Query);
            // OAuth 1.0 has no state: its request token is what nobody else knows.
            if ((query["state"] ?? query["oauth_token"]) is { } state)
                Watch("state", state);
        }

        return start;
    }

    /// <summary>Calls back with what the provider answered, as the browser that started unless told otherwise.</summary>
    public async Task<FlowOutcome> CompleteAsync(FlowBrowser browser, FlowCallback callback, string? slug = null, Func<string, string?>? cookie = null, Caller? caller = null)
    {
        if (callback.Code is { Length: >= 8 } code)
            Watch("code", code);
        var outcome = await Flows.CompleteAsync(slug ?? browser.Slug, callback, cookie ?? browser.Cookie, caller ?? Operator, CancellationToken.None);
        Shown(outcome.ToString());
        if (outcome is FlowOutcome.Connected { Connection: var id })
            await CredentialAsync(id);
        return outcome;
    }

    public async Task<ConnectionReply> SendAsync(ConnectionId id, string path, string action = "Read", HttpMethod? method = null, HttpContent? content = null, CancellationToken cancellationToken = default)
    {
        var client = await Get<IConnectionClients>().GetAsync(id, cancellationToken);
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(path, path.Contains("://", StringComparison.Ordinal) ? UriKind.Absolute : UriKind.Relative)) { Content = content };
        var reply = await client.SendAsync(request, action, cancellationToken);
        // Whoever sent it gets no credential back with it.
        Shown($"{reply.RequestLine} {reply.Failure} {request} {reply.Response?.RequestMessage}");
        return reply;
    }

    public async Task<ProbeResult> ProbeAsync(ConnectionId id)
    {
        var result = await Prober.ProbeAsync(id, Actor.System, CancellationToken.None);
        Shown(result.ToString());
        return result;
    }

    /// <summary>What happened to it, newest first. People read it.</summary>
    public async Task<IReadOnlyList<LogEntry>> LogAsync(ConnectionId id)
    {
        var entries = await Get<IConnectionLog>().ListAsync(id, null, 200, CancellationToken.None);
        Shown(string.Join('\n', entries));
        return entries;
    }

    /// <summary>Checks everything that is due, as a host does every few seconds.</summary>
    public Task SweepAsync() => Get<RevalidationSweep>().RunAsync(CancellationToken.None);

    public async Task<Connection> ReadAsync(ConnectionId id) => (await Store.FindAsync(id, CancellationToken.None)).ShouldNotBeNull();

    public async Task<ConnectionDefinition> DefinitionOfAsync(ConnectionId id) => (await Store.FindDefinitionAsync((await ReadAsync(id)).DefinitionId, CancellationToken.None)).ShouldNotBeNull();

    /// <summary>The stored credential, opened. Its tokens must turn up nowhere from now on.</summary>
    public async Task<Credential> CredentialAsync(ConnectionId id)
    {
        var connection = await ReadAsync(id);
        var credential = Vault.Open(connection.Tenant, id, connection.Record.SealedCredential.ShouldNotBeNull());
        foreach (var secret in credential.All)
            Watch("credential", secret.Reveal());
        return credential;
    }

    /// <summary>Puts other tokens in place, as another process would.</summary>
    public async Task SetTokensAsync(ConnectionId id, Func<TokenSet, TokenSet> change)
    {
        var credential = await CredentialAsync(id);
        var connection = await ReadAsync(id);
        var tokens = change(credential.Tokens!);
        connection.Refreshed(Vault.Seal(connection.Tenant, id, credential with { Tokens = tokens }), tokens, connection.Record.UpdatedAt);
        (await Store.TryUpdateAsync(connection, CancellationToken.None)).ShouldBeTrue();
        Get<LiveConnections>().Changed(id);
    }

    public async Task<(ConnectionState State, Health Health, FailureKind? Failure)> StandingAsync(ConnectionId id)
    {
        var connection = await ReadAsync(id);
        return (connection.State, connection.Health, connection.Record.Failure?.Kind);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        var text = $"{Logs.Text}\n{_shown}";
        foreach (var secret in _secrets.Distinct())
        {
            if (text.Contains(secret, StringComparison.Ordinal) || text.Contains(Uri.EscapeDataString(secret), StringComparison.OrdinalIgnoreCase))
                throw new InvalidOperationException("A secret was logged or shown: " + text.Split('\n').First(l => l.Contains(secret, StringComparison.Ordinal) || l.Contains(Uri.EscapeDataString(secret), StringComparison.OrdinalIgnoreCase)));
        }

        if (!_ownsFolder)
            return;
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            foreach (var secret in _secrets.Distinct())
            {
                if (bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0)
                    throw new InvalidOperationException($"A secret is in the clear in {file}.");
            }
        }

        _folder.Dispose();
    }

    private sealed class Pages : IAlertPages
    {
        public Uri Of(ConnectionId connection) => new($"https://recipes.example/connections/{connection}");

        public Uri Of(ConnectionDefinition definition) => new($"https://recipes.example/connections/definitions/{definition.Key}");

        public Uri Health => new("https://recipes.example/connections/health");

        public Uri Alerts => new("https://recipes.example/alerts");
    }

    internal static Uri Callback(string slug) => new($"http://127.0.0.1:9/oauth/callback/{slug}");
}

/// <summary>A browser that has started one authorization.</summary>
internal sealed class FlowBrowser(StartedFlow started, string slug)
{
    public StartedFlow Started => started;
    public string Slug => slug;

    public string? Cookie(string name) => name == started.CookieName ? started.CookieValue.Reveal() : null;

    /// <summary>Goes through the provider's pages.</summary>
    public async Task<FlowCallback> ConsentAsync(string login = "alice", bool allow = true)
    {
        using var robot = new ConsentRobot();
        var query = HttpUtility.ParseQueryString((await robot.AuthorizeAsync(started.AuthorizationAddress, login, "any", allow, callback: ConnectionsHarness.Callback(slug))).Query);
        return new(query["state"] ?? query["oauth_token"] ?? query["denied"], query["code"], query["iss"], query["error"], query["error_description"])
        {
            Parameters = query.AllKeys.ToDictionary(k => k!, k => query[k]!),
        };
    }
}
