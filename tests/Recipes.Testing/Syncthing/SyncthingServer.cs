using System.Net;

namespace Recipes.Testing;

/// <summary>A real Syncthing node (it keeps folders in step) on loopback, alone: it announces itself nowhere and relays nothing. Its interface takes one key.</summary>
public sealed class SyncthingServer : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly ServerProcess _process;

    private SyncthingServer(TempFolder folder, ServerProcess process, Uri baseAddress) => (_folder, _process, BaseAddress) = (folder, process, baseAddress);

    /// <summary>The address of the node, with a slash at the end.</summary>
    public Uri BaseAddress { get; }

    /// <summary>A folder that the node may share.</summary>
    public string SharedFolder => _folder.Combine("shared");

    /// <summary>Starts a node of its own on a free port.</summary>
    /// <param name="apiKey">The key that its interface takes.</param>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<SyncthingServer> StartAsync(string apiKey, CancellationToken cancellationToken = default)
    {
        var folder = new TempFolder();
        ServerProcess? process = null;
        try
        {
            var port = FreePort.Next();
            await folder.WriteAsync("config.xml", Configuration(port, apiKey), cancellationToken);
            Directory.CreateDirectory(folder.Combine("shared"));
            process = ServerProcess.Start(
                Programs.Get("syncthing"), ["serve", $"--home={folder.Path}", "--no-browser", "--no-restart", "--no-upgrade", "--no-default-folder"], folder.Path,
                new Dictionary<string, string?> { ["HOME"] = folder.Path });
            var server = new SyncthingServer(folder, process, new Uri($"http://127.0.0.1:{port}/"));
            using var client = new HttpClient();
            await process.ReadyAsync(
                async token =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.BaseAddress, "rest/system/status"));
                    request.Headers.Add("X-API-Key", apiKey);
                    using var answer = await client.SendAsync(request, token);
                    return answer.StatusCode == HttpStatusCode.OK;
                },
                cancellationToken);
            return server;
        }
        catch
        {
            if (process is not null)
                await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Configuration(int port, string apiKey) => $"""
        <configuration version="36">
          <gui enabled="true" tls="false"><address>127.0.0.1:{port}</address><apikey>{apiKey}</apikey></gui>
          <options>
            <listenAddress>tcp://127.0.0.1:0</listenAddress>
            <globalAnnounceEnabled>false</globalAnnounceEnabled>
            <localAnnounceEnabled>false</localAnnounceEnabled>
            <relaysEnabled>false</relaysEnabled>
            <natEnabled>false</natEnabled>
            <urAccepted>-1</urAccepted>
            <autoUpgradeIntervalH>0</autoUpgradeIntervalH>
            <crashReportingEnabled>false</crashReportingEnabled>
          </options>
        </configuration>
        """;
}
