using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Recipes.Testing.Tests;

public sealed partial class ServerProcessTests
{
    [Fact]
    public async Task Disposing_asks_the_server_to_end()
    {
        using var folder = new TempFolder();
        var server = ServerProcess.Start("/bin/sh", ["-c", "trap 'echo asked >asked; exit 0' TERM; echo PID $$; while :; do sleep 0.05; done"], folder.Path);
        var child = await PidAsync(server);

        await server.DisposeAsync();

        File.Exists(folder.Combine("asked")).ShouldBeTrue();
        IsAlive(child).ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_does_not_listen_is_ended_all_the_same()
    {
        using var folder = new TempFolder();
        var server = ServerProcess.Start("/bin/sh", ["-c", "trap '' TERM; echo PID $$; while :; do sleep 0.05; done"], folder.Path);
        var child = await PidAsync(server);

        await server.KillAsync();

        IsAlive(child).ShouldBeFalse();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_server_ends_when_the_process_that_started_it_is_killed()
    {
        // A shell plays the test process: it keeps a server, and is killed.
        using var folder = new TempFolder();
        using var starter = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "mkfifo pipe; (\"$@\" <pipe >out) & exec 9>pipe; echo started; exec sleep 60", "starter", "/bin/sh", "-c", ServerProcess.Keeper, "keeper", "/bin/sh", "-c", "echo PID $$; while :; do sleep 0.05; done" },
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        await starter.StandardOutput.ReadLineAsync();
        var child = await EventuallyAsync(() => File.Exists(folder.Combine("out")) && PidLine().Match(File.ReadAllText(folder.Combine("out"))) is { Success: true } match
            ? int.Parse(match.Groups["pid"].Value)
            : (int?)null);

        starter.Kill();

        (await EventuallyAsync(() => IsAlive(child) ? null : (bool?)true)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_that_fails_shows_its_last_output()
    {
        using var folder = new TempFolder();
        await using var server = ServerProcess.Start("/bin/sh", ["-c", "echo out; echo the port is taken >&2; exit 3"], folder.Path);

        var error = await Should.ThrowAsync<InvalidOperationException>(() => server.LineAsync(PidLine()));

        error.Message.ShouldContain("the port is taken");
        error.Message.ShouldContain("sh ended before it was ready");
    }

    [NodeFact]
    public async Task A_stopped_counterparty_leaves_no_process_behind()
    {
        var provider = await OidcProvider.StartAsync();
        var children = ChildrenOf(provider.Process.Id);

        await provider.DisposeAsync();

        children.ShouldNotBeEmpty();
        children.ShouldAllBe(child => !IsAlive(child));
        provider.Process.IsRunning.ShouldBeFalse();
    }

    private static async Task<int> PidAsync(ServerProcess server) => int.Parse((await server.LineAsync(PidLine())).Groups["pid"].Value);

    private static async Task<T> EventuallyAsync<T>(Func<T?> look)
        where T : struct
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            if (look() is { } seen)
            {
                return seen;
            }

            await tick.WaitForNextTickAsync(limit.Token);
        }
    }

    private static IReadOnlyList<int> ChildrenOf(int process) =>
        [.. File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    // A killed process that nobody waited for is a zombie: it runs no more.
    private static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^PID (?<pid>\d+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PidLine();
}
