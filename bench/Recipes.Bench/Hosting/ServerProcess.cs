using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Recipes.Bench;

/// <summary>A server in a process of its own, on a free port of the loopback interface.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_longestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(5);

    private readonly Process _process;

    private ServerProcess(Process process, Uri address, TimeSpan startedIn) => (_process, Address, StartedIn) = (process, address, startedIn);

    public Uri Address { get; }

    /// <summary>From the start of the process to the first answer 200 of <c>/health</c>.</summary>
    public TimeSpan StartedIn { get; }

    /// <summary>Memory that it holds in RAM, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts the server that this program contains.</summary>
    public static Task<ServerProcess> StartLoopbackAsync()
    {
        var address = FreeAddress();
        return StartAsync(address, [Environment.GetCommandLineArgs()[0], "serve", address.ToString()]);
    }

    /// <summary>Starts the host on a data folder.</summary>
    public static Task<ServerProcess> StartHostAsync(string host, string dataFolder, string recipesFolder)
    {
        var address = FreeAddress();
        return StartAsync(address, [host, "--urls", address.ToString(), "--DataFolder", dataFolder, "--RecipesFolder", recipesFolder, "--contentRoot", Path.GetDirectoryName(host)!]);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<ServerProcess> StartAsync(Uri address, IEnumerable<string> arguments)
    {
        using var client = new HttpClient();
        var watch = Stopwatch.StartNew();
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var errors = process.StandardError.ReadToEndAsync();
        while (!await IsHealthyAsync(client, address))
        {
            if (process.HasExited || watch.Elapsed > s_longestStart)
            {
                process.Kill();
                throw new InvalidOperationException($"The server at {address} did not start: {await errors}");
            }

            await Task.Delay(s_poll);
        }

        return new(process, address, watch.Elapsed);
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client, Uri address)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(address, "/health"));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }
}
