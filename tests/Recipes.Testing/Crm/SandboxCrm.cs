using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recipes.Testing;

/// <summary>The sandbox CRM of the samples: a third-party app with accounts of its own, OAuth 2.0, basic authentication and API keys, on loopback.</summary>
/// <remarks>Accounts manager, rep-one and rep-two, each with the password <c>{account}-pw</c>. Its state lies in a file and survives <see cref="RestartAsync"/>.</remarks>
public sealed partial class SandboxCrm : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly Dictionary<string, string?> _environment;
    private readonly Dictionary<string, string> _passwords = new(StringComparer.Ordinal);
    private readonly List<HttpClient> _sessions = [];
    private ServerProcess _process;

    private SandboxCrm(TempFolder folder, Dictionary<string, string?> environment, ServerProcess process, Uri baseAddress)
    {
        _folder = folder;
        _environment = environment;
        _process = process;
        BaseAddress = baseAddress;
    }

    /// <summary>The address of the CRM, with a slash at the end; its port stays the same over a restart.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The issuer as it stands in its metadata, without a slash at the end.</summary>
    public string IssuerText => BaseAddress.GetLeftPart(UriPartial.Authority);

    /// <summary>The client id of the app that is registered from the start.</summary>
    public string ClientId => _environment["CRM_CLIENT_ID"]!;

    /// <summary>Its secret, a canary.</summary>
    public string ClientSecret => _environment["CRM_CLIENT_SECRET"]!;

    /// <summary>The process that serves, to look at its output.</summary>
    public ServerProcess Process => _process;

    /// <summary>Starts a CRM of its own, with fresh state, on a free port. Access tokens live 10 minutes.</summary>
    /// <param name="redirectUris">Where the registered app may be sent back to; at least one.</param>
    public static Task<SandboxCrm> StartAsync(params string[] redirectUris) => StartAsync(TimeSpan.FromMinutes(10), redirectUris);

    /// <summary>Starts a CRM of its own, with fresh state, on a free port.</summary>
    /// <param name="accessTokenLifetime">In whole seconds, 1 second to 1 day.</param>
    /// <param name="redirectUris">Where the registered app may be sent back to; at least one.</param>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<SandboxCrm> StartAsync(TimeSpan accessTokenLifetime, params string[] redirectUris)
    {
        var folder = new TempFolder();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["CRM_PORT"] = "0",
            ["CRM_STATE"] = folder.Combine("crm.json"),
            ["CRM_CLIENT_ID"] = "recipes",
            ["CRM_CLIENT_SECRET"] = Canaries.NewSecret("sandbox CRM client secret"),
            ["CRM_REDIRECT_URIS"] = string.Join(',', redirectUris),
            ["CRM_ACCESS_TOKEN_TTL"] = $"{(int)accessTokenLifetime.TotalSeconds}",
        };
        try
        {
            var (process, address) = await ServeAsync(environment);
            return new SandboxCrm(folder, environment, process, address);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>An address on this CRM, for example <c>Address("/api/accounts")</c>.</summary>
    public Uri Address(string path) => new(BaseAddress, path);

    /// <summary>The password that an account has now.</summary>
    public string PasswordOf(string account) => _passwords.GetValueOrDefault(account, $"{account}-pw");

    /// <summary>Signs in at the CRM itself, past any connection.</summary>
    /// <returns>A client with the session's cookie and the CRM as its base address; it lives as long as the CRM.</returns>
    /// <exception cref="InvalidOperationException">When the CRM refuses.</exception>
    public async Task<HttpClient> LoginAsync(string account)
    {
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), UseProxy = false }) { BaseAddress = BaseAddress };
        _sessions.Add(client);
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var form = new FormUrlEncodedContent([new("account", account), new("password", PasswordOf(account))]);
        using var answer = await client.PostAsync("/login", form);
        await EnsureAsync(answer);
        return client;
    }

    /// <summary>The CRM's own record, newest first: a manager sees all, others what was done as them.</summary>
    public async Task<IReadOnlyList<CrmActivity>> ActivityAsync(string account = "manager")
    {
        using var answer = await AsPersonAsync(HttpMethod.Get, "/api/activity?limit=500", account, body: null);
        return (await answer.Content.ReadFromJsonAsync<Items<CrmActivity>>(JsonSerializerOptions.Web))!.Values;
    }

    /// <summary>Changes an account's password, as its person would.</summary>
    /// <param name="newPassword">6 to 200 characters.</param>
    public async Task ChangePasswordAsync(string account, string newPassword)
    {
        using var answer = await AsPersonAsync(HttpMethod.Post, "/api/me/password", account, new { current = PasswordOf(account), @new = newPassword });
        _passwords[account] = newPassword;
    }

    /// <summary>Makes an API key for an account, as its person would.</summary>
    /// <returns>The key's id, to revoke it, and the key, which is registered as a canary.</returns>
    public async Task<(string Id, string Key)> CreateApiKeyAsync(string account, string label = "test")
    {
        using var answer = await AsPersonAsync(HttpMethod.Post, "/api/me/api-keys", account, new { label });
        var created = (await answer.Content.ReadFromJsonAsync<CreatedKey>(JsonSerializerOptions.Web))!;
        Canaries.Add($"sandbox CRM API key of {account}", created.Key);
        return (created.Id, created.Key);
    }

    /// <summary>Revokes an API key.</summary>
    public async Task RevokeApiKeyAsync(string account, string id)
    {
        using var answer = await AsPersonAsync(HttpMethod.Delete, $"/api/me/api-keys/{id}", account, body: null);
    }

    /// <summary>Sets switches of the CRM that make trouble: <c>outage</c>, <c>duplicateDeliveries</c>, <c>shuffleDeliveries</c>, <c>shufflePages</c>.</summary>
    public async Task SwitchAsync(params (string Name, bool Value)[] switches)
    {
        using var answer = await AsPersonAsync(HttpMethod.Patch, "/api/control", "manager", switches.ToDictionary(s => s.Name, s => s.Value));
    }

    /// <summary>Stops it; connections are refused until <see cref="UpAsync"/>.</summary>
    public ValueTask DownAsync() => _process.DisposeAsync();

    /// <summary>Starts it again on the same port, with the state it left.</summary>
    public async Task UpAsync()
    {
        _environment["CRM_PORT"] = $"{BaseAddress.Port}";
        (_process, _) = await ServeAsync(_environment);
    }

    /// <summary>Stops it and starts it again on the same port, with the state it left.</summary>
    public async Task RestartAsync()
    {
        await DownAsync();
        await UpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _sessions.ForEach(session => session.Dispose());
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<(ServerProcess Process, Uri Address)> ServeAsync(Dictionary<string, string?> environment)
    {
        var process = ServerProcess.Start(Programs.Get("node"), ["server.mjs"], RepositoryRoot.Combine("samples", "crm"), environment);
        try
        {
            var ready = await process.LineAsync(ReadyLine());
            return (process, new Uri(ready.Groups["address"].Value));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static async Task EnsureAsync(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(
                $"The CRM answered {(int)answer.StatusCode} to {answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri?.AbsolutePath}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private async Task<HttpResponseMessage> AsPersonAsync(HttpMethod method, string path, string account, object? body)
    {
        using var client = new HttpClient { BaseAddress = BaseAddress };
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account}:{PasswordOf(account)}")));
        var answer = await client.SendAsync(request);
        await EnsureAsync(answer);
        return answer;
    }

    private sealed record Items<T>([property: System.Text.Json.Serialization.JsonPropertyName("items")] IReadOnlyList<T> Values);

    private sealed record CreatedKey(string Id, string Key);

    [GeneratedRegex("^READY (?<address>\\S+)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReadyLine();
}
