using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recipes.Testing;

/// <summary>A real nginx on loopback: basic authentication, API keys, rate limits, outages, redirects, and a log of what it was asked.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>/basic/…</term><description>basic authentication; users alice/alice-pw and admin/admin-pw at first; answers as /echo/</description></item>
/// <item><term>/admin/…</term><description>the same, and 403 for anyone but admin</description></item>
/// <item><term>/key/…</term><description>an API key in the header X-Api-Key or the query parameter api_key; key-live-1 at first, and key-readonly-2, which gets 403 on writes</description></item>
/// <item><term>/echo/…</term><description>no credential; JSON with ok, method, uri, user and headers (authorization, x-api-key, accept, content-type, user-agent)</description></item>
/// <item><term>/limited/ /throttled/</term><description>429 with Retry-After: 5; always, or from the third request on</description></item>
/// <item><term>/maintenance/ /maintenance-until/</term><description>503 in HTML with Retry-After as 120 seconds, or as a date in 2037</description></item>
/// <item><term>/error/ /down/ /hang/ /slow/ /drop/ /missing/</term><description>500; 502; 504 after 1 s; nothing for 60 s; closed; 404</description></item>
/// <item><term>/error-in-200/</term><description>200 with an error in its body</description></item>
/// <item><term>/redirect/same, other, sign-in</term><description>302 to /echo/redirected here, on <see cref="OtherOrigin"/>, to an HTML form</description></item>
/// </list>
/// Any method and path below these. /basic/ and /key/ also fail on order: <see cref="FailAsync"/>.
/// </remarks>
public sealed class NginxServer : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly ServerProcess _process;
    private readonly Socket _silent;
    private readonly HttpClient _client = new();
    private readonly SortedDictionary<string, string> _users = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _usersGate = new(1);

    private NginxServer(TempFolder folder, ServerProcess process, Socket silent, int port, int otherPort)
    {
        _folder = folder;
        _process = process;
        _silent = silent;
        BaseAddress = new Uri($"http://127.0.0.1:{port}/");
        OtherOrigin = new Uri($"http://127.0.0.2:{otherPort}/");
    }

    /// <summary>The address of the server, with a slash at the end.</summary>
    public Uri BaseAddress { get; }

    /// <summary>Another host of the same nginx, 127.0.0.2 on another port, that echoes without asking for a credential.</summary>
    public Uri OtherOrigin { get; }

    /// <summary>The process that serves, to look at its output.</summary>
    public ServerProcess Process => _process;

    /// <summary>Starts a server of its own on free ports.</summary>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<NginxServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(64);
        var silentPort = ((IPEndPoint)silent.LocalEndPoint!).Port;
        var folder = new TempFolder();
        foreach (var name in (string[])["keys", "readonly-keys", "faults"])
        {
            Directory.CreateDirectory(folder.Combine(name));
        }

        try
        {
            var started = await NginxProcess.StartAsync(
                folder, 2, (ports, mark) => NginxConfiguration.Main(folder.Path, ports[0], ports[1], silentPort, mark), cancellationToken);
            var server = new NginxServer(folder, started.Process, silent, started.Ports[0], started.Ports[1]);
            await server.SetPasswordAsync("alice", "alice-pw");
            await server.SetPasswordAsync("admin", "admin-pw");
            await server.AddKeyAsync("key-live-1");
            await server.AddKeyAsync("key-readonly-2", readOnly: true);
            return server;
        }
        catch
        {
            silent.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>An address on this server, for example <c>Address("/basic/items")</c>.</summary>
    public Uri Address(string path) => new(BaseAddress, path);

    /// <summary>Adds a user or changes the password; counts from the next request on.</summary>
    public Task SetPasswordAsync(string user, string password) => ChangeUsersAsync(users => users[user] = PasswordEntry(password));

    /// <summary>Removes a user; counts from the next request on.</summary>
    public Task RemoveUserAsync(string user) => ChangeUsersAsync(users => users.Remove(user));

    /// <summary>Adds an API key; counts from the next request on.</summary>
    /// <param name="key">Letters, digits, _ and - only.</param>
    /// <param name="readOnly">Whether it is refused with 403 on anything but GET, HEAD and OPTIONS.</param>
    public async Task AddKeyAsync(string key, bool readOnly = false)
    {
        if (readOnly)
        {
            await _folder.WriteAsync(Path.Combine("readonly-keys", key), "");
        }
        else
        {
            File.Delete(_folder.Combine("readonly-keys", key));
        }

        await _folder.WriteAsync(Path.Combine("keys", key), "");
    }

    /// <summary>Removes an API key; counts from the next request on.</summary>
    public Task RemoveKeyAsync(string key)
    {
        File.Delete(_folder.Combine("keys", key));
        return Task.CompletedTask;
    }

    /// <summary>Lets <c>/basic/</c> and <c>/key/</c> fail from the next request on, or, with <see cref="NginxFault.None"/>, be well again.</summary>
    public async Task FailAsync(NginxFault fault)
    {
        foreach (var file in Directory.GetFiles(_folder.Combine("faults")))
        {
            File.Delete(file);
        }

        if (fault is not NginxFault.None)
        {
            await _folder.WriteAsync(Path.Combine("faults", fault.ToString()), "");
        }
    }

    /// <summary>All requests that were answered until now, oldest first.</summary>
    public async Task<IReadOnlyList<NginxRequest>> RequestsAsync(CancellationToken cancellationToken = default)
    {
        // A line is written after its answer was sent. Our own request comes later, so once its line is there the others are.
        var mark = $"/marks/{Guid.NewGuid():N}";
        using (await _client.GetAsync(Address(mark), cancellationToken))
        {
            // Only its line in the log matters.
        }

        List<NginxRequest> requests = [];
        await _process.ReadyAsync(
            async cancellation =>
            {
                var lines = await File.ReadAllLinesAsync(_folder.Combine("access.log"), cancellation);
                requests = [.. lines.TakeWhile(line => !line.Contains(mark, StringComparison.Ordinal)).Select(Parse)];
                return requests.Count < lines.Length;
            },
            cancellationToken);
        return [.. requests.Where(request => !request.Uri.StartsWith("/marks/", StringComparison.Ordinal))];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _silent.Dispose();
        _folder.Dispose();
        _usersGate.Dispose();
    }

    private static NginxRequest Parse(string line) =>
        JsonSerializer.Deserialize<NginxRequest>(line) ?? throw new JsonException($"The access log has a line that is no request: {line}");

    // Salted SHA-1 is what nginx checks without the crypt library of the system; these passwords guard nothing.
    private static string PasswordEntry(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(8);
        var digest = SHA1.HashData([.. Encoding.UTF8.GetBytes(password), .. salt]);
        return "{SSHA}" + Convert.ToBase64String([.. digest, .. salt]);
    }

    private async Task ChangeUsersAsync(Action<SortedDictionary<string, string>> change)
    {
        await _usersGate.WaitAsync();
        try
        {
            change(_users);
            await _folder.WriteAsync("users", string.Concat(_users.Select(user => $"{user.Key}:{user.Value}\n")));
        }
        finally
        {
            _usersGate.Release();
        }
    }
}
