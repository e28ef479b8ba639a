using System.Security.Cryptography;
using System.Text;

namespace Recipes.Testing;

/// <summary>A real lighttpd on loopback with digest authentication: <c>/md5/</c> by MD5, <c>/sha256/</c> by SHA-256. User alice/alice-pw at first.</summary>
public sealed class LighttpdServer : IAsyncDisposable
{
    private const int Attempts = 5;
    private const string Realm = "Papers";

    private readonly TempFolder _folder;
    private readonly ServerProcess _process;

    private LighttpdServer(TempFolder folder, ServerProcess process, Uri baseAddress) => (_folder, _process, BaseAddress) = (folder, process, baseAddress);

    /// <summary>The address of the server, with a slash at the end.</summary>
    public Uri BaseAddress { get; }

    /// <summary>Starts a server of its own on a free port.</summary>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<LighttpdServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var folder = new TempFolder();
        try
        {
            foreach (var name in (string[])["md5", "sha256"])
            {
                Directory.CreateDirectory(folder.Combine("www", name));
                await folder.WriteAsync(Path.Combine("www", name, "paper.json"), "{\"ok\":true}", cancellationToken);
            }

            using var client = new HttpClient();
            for (var attempt = 1; ; attempt++)
            {
                var port = FreePort.Next(1)[0];
                var mark = Guid.NewGuid().ToString("N");
                await folder.WriteAsync(Path.Combine("www", "mark"), mark, cancellationToken);
                await folder.WriteAsync("lighttpd.conf", Configuration(folder.Path, port), cancellationToken);
                var process = ServerProcess.Start(Programs.Get("lighttpd"), ["-D", "-f", folder.Combine("lighttpd.conf")], folder.Path);
                var server = new LighttpdServer(folder, process, new Uri($"http://127.0.0.1:{port}/"));
                await server.SetPasswordAsync("alice", "alice-pw");
                try
                {
                    await process.ReadyAsync(
                        async cancellation => string.Equals(await client.GetStringAsync(new Uri(server.BaseAddress, "mark"), cancellation), mark, StringComparison.Ordinal), cancellationToken);
                    return server;
                }
                catch (InvalidOperationException) when (attempt < Attempts && process.Output.Contains("Address already in use", StringComparison.Ordinal))
                {
                    await process.DisposeAsync();
                }
                catch
                {
                    await process.DisposeAsync();
                    throw;
                }
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Makes it the only user; counts from the next request on.</summary>
    public Task SetPasswordAsync(string user, string password) => _folder.WriteAsync("users", string.Concat(
        ((Func<byte[], byte[]>[])[MD5.HashData, SHA256.HashData]).Select(hash => $"{user}:{Realm}:{Convert.ToHexStringLower(hash(Encoding.UTF8.GetBytes($"{user}:{Realm}:{password}")))}\n")));

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Configuration(string folder, int port) => $$"""
        server.document-root = "{{folder}}/www"
        server.bind = "127.0.0.1"
        server.port = {{port}}
        server.modules = ( "mod_auth", "mod_authn_file" )
        auth.backend = "htdigest"
        auth.backend.htdigest.userfile = "{{folder}}/users"
        auth.require = (
          "/md5/" => ( "method" => "digest", "realm" => "{{Realm}}", "require" => "valid-user", "algorithm" => "MD5" ),
          "/sha256/" => ( "method" => "digest", "realm" => "{{Realm}}", "require" => "valid-user", "algorithm" => "SHA-256" )
        )
        """;
}
