using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Recipes.Testing;

/// <summary>A real etcd on loopback with authentication on. Users root/root-pw and alice/alice-pw; alice may read and write keys that start with <c>a</c>.</summary>
public sealed class EtcdServer : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly TempFolder _folder;
    private readonly ServerProcess _process;
    private readonly HttpClient _client;

    private EtcdServer(TempFolder folder, ServerProcess process, HttpClient client) => (_folder, _process, _client) = (folder, process, client);

    /// <summary>The address of the server, with a slash at the end.</summary>
    public Uri BaseAddress => _client.BaseAddress!;

    /// <summary>Starts a server of its own on free ports.</summary>
    /// <param name="tokenLife">How long an unused token lives, in whole seconds.</param>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<EtcdServer> StartAsync(TimeSpan? tokenLife = null, CancellationToken cancellationToken = default)
    {
        var folder = new TempFolder();
        for (var attempt = 1; ; attempt++)
        {
            var ports = FreePort.Next(2);
            var (address, peer) = ($"http://127.0.0.1:{ports[0]}", $"http://127.0.0.1:{ports[1]}");
            var name = Guid.NewGuid().ToString("N");
            var process = ServerProcess.Start(Programs.Get("etcd"),
            [
                "--name", name, "--data-dir", folder.Combine(name), "--listen-client-urls", address, "--advertise-client-urls", address, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", $"{name}={peer}", "--auth-token-ttl", $"{(int)(tokenLife ?? TimeSpan.FromMinutes(5)).TotalSeconds}", "--unsafe-no-fsync",
            ], folder.Path);
            var server = new EtcdServer(folder, process, new HttpClient { BaseAddress = new Uri($"{address}/") });
            try
            {
                await process.ReadyAsync(async cancellation => (await server._client.GetStringAsync("health", cancellation)).Contains("true", StringComparison.Ordinal), cancellationToken);
                await server.SetUpAsync();
                return server;
            }
            catch (InvalidOperationException) when (attempt < Attempts && process.Output.Contains("address already in use", StringComparison.Ordinal))
            {
                await process.DisposeAsync();
            }
            catch
            {
                await process.DisposeAsync();
                folder.Dispose();
                throw;
            }
        }
    }

    /// <summary>Changes a password; all tokens of that user are invalid from then on.</summary>
    public async Task SetPasswordAsync(string user, string password)
    {
        var answer = await CallAsync("auth/authenticate", new { name = "root", password = "root-pw" }, null);
        await CallAsync("auth/user/changepw", new { name = user, password }, answer.GetProperty("token").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task SetUpAsync()
    {
        await CallAsync("auth/user/add", new { name = "root", password = "root-pw" }, null);
        await CallAsync("auth/user/add", new { name = "alice", password = "alice-pw" }, null);
        await CallAsync("auth/role/add", new { name = "root" }, null);
        await CallAsync("auth/role/add", new { name = "keys-a" }, null);
        await CallAsync("auth/role/grant", new { name = "keys-a", perm = new { permType = "READWRITE", key = Base64("a"), range_end = Base64("b") } }, null);
        await CallAsync("auth/user/grant", new { user = "root", role = "root" }, null);
        await CallAsync("auth/user/grant", new { user = "alice", role = "keys-a" }, null);
        await CallAsync("auth/enable", new { }, null);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private async Task<JsonElement> CallAsync(string path, object body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v3/{path}") { Content = JsonContent.Create(body) };
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", token);
        using var answer = await _client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"etcd answered {(int)answer.StatusCode} to {path}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
