using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Recipes.Host;

namespace Recipes.Web.Tests;

/// <summary>A whole host whose clock the tests move, beside a real authorization server, with a connector for it.</summary>
public sealed class ConsentSite : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly List<HttpClient> _clients = [];
    private RecipesHost _host = null!;

    public OidcProvider Provider { get; private set; } = null!;

    public TestClock Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public Uri Address => _host.Address;

    public string OperatorToken { get; private set; } = "";

    public HttpClient Operator { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Provider = await OidcProvider.StartAsync();
        Directory.CreateDirectory(_folder.Combine("connectors"));
        await File.WriteAllTextAsync(_folder.Combine("connectors", "records.yaml"), Connector(Provider));
        _host = await RecipesHost.StartAsync(
            ["--urls", "http://127.0.0.1:0", "--DataFolder", _folder.Combine("data"), "--ConnectorsFolder", _folder.Combine("connectors"), "--Egress:Allow:0", Provider.Issuer.Authority, "--Log:Level", "Error"],
            builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock)));
        OperatorToken = (await File.ReadAllTextAsync(_folder.Combine("data", "operator-token"))).Trim();
        Canaries.Add("the operator's token", OperatorToken);
        Operator = Program(OperatorToken);
    }

    public async Task DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        await _host.DisposeAsync();
        await Provider.DisposeAsync();
        _folder.Dispose();
    }

    public string CallbackOf(string key) => new Uri(Address, $"/oauth/callback/{key}").AbsoluteUri;

    internal WebBrowser Browser()
    {
        var browser = new WebBrowser(Address);
        _clients.Add(browser.Http);
        return browser;
    }

    public async Task<(string Id, string Token, HttpClient Program)> NewUserAsync(params string[] privileges)
    {
        var id = $"user-{Guid.NewGuid():N}";
        (await Operator.PostAsJsonAsync("/api/users", new { id, privileges })).EnsureSuccessStatusCode();
        var token = (await (await Operator.PostAsJsonAsync($"/api/users/{id}/tokens", new { label = "test" })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        return (id, token, Program(token));
    }

    /// <summary>A client of the provider and a definition with it.</summary>
    /// <param name="scheme">code, pushed, revocable or device.</param>
    /// <param name="redirect">Where the provider may send people back to, if not here.</param>
    /// <returns>Its stable key.</returns>
    public async Task<string> DefineAsync(string scheme, string? redirect = null)
    {
        var (key, secret) = (Site.NewKey(), Canaries.NewSecret("client secret"));
        await (scheme == "device" ? Provider.AddDeviceClientAsync(key, secret) : Provider.AddClientAsync(key, secret, "client_secret_basic", redirect ?? CallbackOf(key)));
        (await Operator.PostAsJsonAsync("/api/connection-definitions", new { key, connector = "records", scheme, displayName = "Records", clientId = key, clientSecret = secret })).EnsureSuccessStatusCode();
        return key;
    }

    /// <summary>Goes through the provider's pages.</summary>
    /// <returns>The callback, not called yet.</returns>
    public async Task<Uri> ConsentAsync(Uri authorization, string key)
    {
        using var robot = new ConsentRobot();
        return await robot.AuthorizeAsync(authorization, "alice", "any", callback: new(CallbackOf(key)));
    }

    /// <summary>Lets the time pass after which the provider may be asked, and looks until the answer is another than <paramref name="pending"/>: the host asks by itself as well, and one of the two is first.</summary>
    public async Task<HttpResponseMessage> WhenDecidedAsync(Func<Task<HttpResponseMessage>> look, string pending)
    {
        Clock.Advance(TimeSpan.FromSeconds(5));
        for (var times = 0; times < 500; times++)
        {
            var answer = await look();
            if (!(await answer.TextAsync()).Contains(pending, StringComparison.Ordinal))
                return answer;
        }

        throw new InvalidOperationException("It is pending still.");
    }

    private HttpClient Program(string token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        _clients.Add(client);
        return client;
    }

    internal static string Connector(OidcProvider provider) => $$$"""
        connector: 1
        name: records
        displayName: Records
        description: An app with a choice of permissions.
        baseAddress: {{{provider.IssuerText}}}
        fields:
          - { name: dc, label: Data centre, automatic: true, required: false }
        schemes:
          - name: code
            type: oauth2
            authorizationEndpoint: {{{provider.AuthorizationEndpoint}}}
            tokenEndpoint: {{{provider.TokenEndpoint}}}
            scopes:
              - { name: openid, required: true, description: Know who you are }
              - { name: offline_access, description: Stay connected }
              - { name: api:read, description: Read your records }
              - { name: api:write, description: Change your records, default: false }
            capture:
              - { field: dc, from: callback, path: dc, pattern: "^[a-z]{2}$", required: false }
          - name: pushed
            type: oauth2
            authorizationEndpoint: {{{provider.AuthorizationEndpoint}}}
            tokenEndpoint: {{{provider.TokenEndpoint}}}
            pushedAuthorizationEndpoint: {{{provider.PushedAuthorizationEndpoint}}}
          - name: revocable
            type: oauth2
            authorizationEndpoint: {{{provider.AuthorizationEndpoint}}}
            tokenEndpoint: {{{provider.TokenEndpoint}}}
            revocationEndpoint: {{{provider.RevocationEndpoint}}}
            scopes: [openid, api:read]
          - name: device
            type: oauth2
            grant: deviceCode
            deviceAuthorizationEndpoint: {{{provider.DeviceAuthorizationEndpoint}}}
            tokenEndpoint: {{{provider.TokenEndpoint}}}
            scopes:
              - { name: openid, required: true, description: Know who you are }
              - { name: api:read, description: Read your records }
              - { name: api:write, description: Change your records, default: false }
        probe: { path: /api/read, accountLabel: sub }
        """;
}
