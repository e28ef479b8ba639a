using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Recipes.Host.Tests.Runs;

/// <summary>A host in a process of its own, at an address and on data of its own: killed without asking, it is started again on both.</summary>
internal sealed class HostNode(string name, string folder, IReadOnlyDictionary<string, string?> settings, Func<string, string> connector) : IAsyncDisposable
{
    private static readonly Regex s_listens = new("Recipes listens on", RegexOptions.NonBacktracking);

    private readonly int _port = FreePort.Next();
    private int _starts;
    private ServerProcess? _process;

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    /// <summary>What this process of it calls itself in its requests: each is another.</summary>
    public string Process => string.Create(CultureInfo.InvariantCulture, $"{name}-{_starts}");

    /// <summary>When which process of it was stopped or killed.</summary>
    public List<(string Process, DateTimeOffset At)> Losses { get; } = [];

    public string OperatorToken => File.ReadAllText(Path.Combine(folder, "data", "operator-token")).Trim();

    public async Task StartAsync()
    {
        _starts++;
        var connectors = Path.Combine(folder, $"connectors-{_starts}");
        Directory.CreateDirectory(connectors);
        await File.WriteAllTextAsync(Path.Combine(connectors, "ledger.yaml"), connector(Process));
        _process = ServerProcess.Start(
            Programs.Get("dotnet"),
            [typeof(RecipesHost).Assembly.Location, "--urls", Address.GetLeftPart(UriPartial.Authority), "--DataFolder", Path.Combine(folder, "data"), "--ConnectorsFolder", connectors, "--Log:Level", "Warning"],
            folder, settings);
        await _process.LineAsync(s_listens);
    }

    public async Task KillAsync()
    {
        Losses.Add((Process, TimeProvider.System.GetUtcNow()));
        await _process!.KillAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Stops it in its tracks for a time, as a machine without memory or a snapshot of it does.</summary>
    public async Task SuspendAsync(TimeSpan time)
    {
        Losses.Add((Process, TimeProvider.System.GetUtcNow()));
        await SignalAsync("STOP");
        await Task.Delay(time);
        await SignalAsync("CONT");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private async Task SignalAsync(string signal)
    {
        // The first child of the shell that keeps it.
        var children = await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process!.Id}/task/{_process.Id}/children"));
        using var kill = System.Diagnostics.Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"kill -{signal} {children.Split(' ')[0]}"]))!;
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }
}
