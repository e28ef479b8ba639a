using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Recipes.Testing;

/// <summary>A real Radicale (a calendar server) on loopback: basic authentication, users and rights that are read again with each request.</summary>
/// <remarks>
/// Users alice/alice-pw and bob/bob-pw at first. Everyone owns <c>/{user}/</c> and the collections below; bob may also read
/// <c>/alice/shared/</c>, which exists. 401 and 403 come with the same body: only the status tells them apart.
/// </remarks>
public sealed partial class RadicaleServer : IAsyncDisposable
{
    /// <summary>The rights at first: sections with patterns for user and collection, and permissions (R, W for a home, r, w for a collection).</summary>
    public const string FirstRights = """
        [root]
        user: .+
        collection:
        permissions: R
        [own-home]
        user: .+
        collection: {user}
        permissions: RW
        [own-collections]
        user: .+
        collection: {user}/[^/]+
        permissions: rw
        [shared]
        user: bob
        collection: alice/shared
        permissions: r
        """;

    private readonly TempFolder _folder;
    private readonly ServerProcess _process;
    private readonly SortedDictionary<string, string> _users = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _usersGate = new(1);

    private RadicaleServer(TempFolder folder, ServerProcess process, Uri baseAddress)
    {
        _folder = folder;
        _process = process;
        BaseAddress = baseAddress;
    }

    /// <summary>The address of the server, with a slash at the end.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The process that serves, to look at its output.</summary>
    public ServerProcess Process => _process;

    /// <summary>Starts a server of its own on a free port.</summary>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<RadicaleServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var folder = new TempFolder();
        ServerProcess? process = null;
        try
        {
            await folder.WriteAsync("rights", FirstRights, cancellationToken);
            await folder.WriteAsync("users", "", cancellationToken);
            await folder.WriteAsync("config", Configuration(folder.Path), cancellationToken);
            process = ServerProcess.Start(
                Programs.Get("radicale"), ["--config", folder.Combine("config")], folder.Path, new Dictionary<string, string?> { ["PYTHONUNBUFFERED"] = "1" });
            var listening = await process.LineAsync(ListeningLine(), cancellationToken);
            var server = new RadicaleServer(folder, process, new Uri($"http://127.0.0.1:{listening.Groups["port"].Value}/"));
            await server.SetPasswordAsync("alice", "alice-pw");
            await server.SetPasswordAsync("bob", "bob-pw");
            await server.MakeCalendarAsync("alice", "alice-pw", "shared", cancellationToken);
            return server;
        }
        catch
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }

            folder.Dispose();
            throw;
        }
    }

    /// <summary>An address on this server, for example <c>Address("/alice/shared/")</c>.</summary>
    public Uri Address(string path) => new(BaseAddress, path);

    /// <summary>Adds a user or changes the password; counts from the next request on.</summary>
    public Task SetPasswordAsync(string user, string password) => ChangeUsersAsync(users => users[user] = password);

    /// <summary>Removes a user; counts from the next request on.</summary>
    public Task RemoveUserAsync(string user) => ChangeUsersAsync(users => users.Remove(user));

    /// <summary>Replaces all rights; counts from the next request on. See <see cref="FirstRights"/>.</summary>
    public Task SetRightsAsync(string rights) => _folder.WriteAsync("rights", rights);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
        _usersGate.Dispose();
    }

    // The level info announces the port that the system gave.
    private static string Configuration(string folder) => $"""
        [server]
        hosts = 127.0.0.1:0
        [auth]
        type = htpasswd
        htpasswd_filename = {folder}/users
        htpasswd_encryption = plain
        delay = 0
        [rights]
        type = from_file
        file = {folder}/rights
        [storage]
        filesystem_folder = {folder}/data
        [logging]
        level = info
        """;

    private async Task MakeCalendarAsync(string user, string password, string name, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod("MKCALENDAR"), Address($"/{user}/{name}/"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        using var answer = await client.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"Radicale answered {(int)answer.StatusCode} to MKCALENDAR. Its last output:\n{_process.Output}");
        }
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

    [GeneratedRegex(@"Listening on '\[?127\.0\.0\.1\]?:(?<port>\d+)'", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListeningLine();
}
