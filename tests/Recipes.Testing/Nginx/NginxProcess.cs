namespace Recipes.Testing;

/// <summary>Starts nginx in a folder, on ports that it may lose to others before it binds them.</summary>
internal static class NginxProcess
{
    private const int Attempts = 5;

    /// <param name="portCount">How many ports the configuration listens on.</param>
    /// <param name="configure">Makes the configuration from the ports and a mark to answer at /mark on the first port, if that speaks HTTP.</param>
    public static async Task<(ServerProcess Process, int[] Ports)> StartAsync(
        TempFolder folder, int portCount, Func<int[], string, string> configure, CancellationToken cancellationToken)
    {
        // Only our nginx knows the mark; another server may have taken the port.
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
        for (var attempt = 1; ; attempt++)
        {
            var ports = FreePort.Next(portCount);
            var mark = Guid.NewGuid().ToString("N");
            var configuration = configure(ports, mark);
            await folder.WriteAsync("nginx.conf", configuration, cancellationToken);
            var scheme = configuration.Contains("ssl_certificate", StringComparison.Ordinal) ? "https" : "http";
            var process = ServerProcess.Start(Programs.Get("nginx"), ["-p", folder.Path, "-c", "nginx.conf", "-e", "stderr"], folder.Path);
            try
            {
                await process.ReadyAsync(
                    async cancellation => string.Equals(await client.GetStringAsync($"{scheme}://127.0.0.1:{ports[0]}/mark", cancellation), mark, StringComparison.Ordinal),
                    cancellationToken);
                return (process, ports);
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
}
