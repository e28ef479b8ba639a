using System.Net.Http.Json;
using System.Text.Json;
using Recipes.Host;

namespace Recipes.Web.Tests;

/// <summary>A whole host on a real port with a database of its own, and an app beside it that it may call.</summary>
public sealed class Site : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly List<HttpClient> _clients = [];
    private LoopbackApp _app = null!;
    private RecipesHost _host = null!;

    internal LoopbackApp App => _app;

    public Uri Address => _host.Address;

    public string OperatorToken { get; private set; } = "";

    public HttpClient Operator { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _app = await LoopbackApp.StartAsync();
        Directory.CreateDirectory(_folder.Combine("connectors"));
        await File.WriteAllTextAsync(_folder.Combine("connectors", "helpdesk.yaml"), Helpdesk.Yaml(_app.Address));
        _host = await RecipesHost.StartAsync(["--urls", "http://127.0.0.1:0", "--DataFolder", _folder.Path, "--ConnectorsFolder", _folder.Combine("connectors"), "--Egress:Allow:0", _app.Address.Authority, "--Schedules:Every:revalidation", "0", "--Log:Level", "Error"]);
        OperatorToken = (await File.ReadAllTextAsync(_folder.Combine("operator-token"))).Trim();
        Canaries.Add("the operator's token", OperatorToken);
        Operator = Program(OperatorToken);
    }

    public async Task DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        await _host.DisposeAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A program that calls the API with that token, or with none.</summary>
    public HttpClient Program(string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        _clients.Add(client);
        return client;
    }

    /// <summary>A browser that is not signed in.</summary>
    internal WebBrowser Browser()
    {
        var browser = new WebBrowser(Address);
        _clients.Add(browser.Http);
        return browser;
    }

    /// <summary>A new user and a program that calls as them.</summary>
    public async Task<(string Id, string Token, HttpClient Program)> NewUserAsync(params string[] privileges)
    {
        var id = $"user-{Guid.NewGuid():N}";
        (await Operator.PostAsJsonAsync("/api/users", new { id, privileges })).EnsureSuccessStatusCode();
        var made = await (await Operator.PostAsJsonAsync($"/api/users/{id}/tokens", new { label = "test" })).Content.ReadFromJsonAsync<JsonElement>();
        var token = made.GetProperty("token").GetString()!;
        return (id, token, Program(token));
    }

    /// <summary>A connection definition for the app beside the host.</summary>
    /// <returns>Its stable key.</returns>
    public async Task<string> NewDefinitionAsync()
    {
        var key = NewKey();
        (await Operator.PostAsJsonAsync("/api/connection-definitions", new { key, displayName = "Ticket system", connector = "basic", presets = new { baseUrl = App.Address, probePath = "/" } })).EnsureSuccessStatusCode();
        return key;
    }

    public static string NewKey() => $"k{Guid.NewGuid():N}";
}

[CollectionDefinition(Name)]
public sealed class SiteCollection : ICollectionFixture<Site>
{
    public const string Name = "One site for all that do not disturb each other";
}
