using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Recipes.Testing;

/// <summary>A server run as a child process. It ends on dispose, and also when the test process is killed.</summary>
/// <remarks>
/// A small shell stands between: it reads a pipe whose other end only this process holds. A line on the pipe asks the server to
/// end (SIGTERM); the end of the pipe, which a killed test process leaves too, ends it at once (SIGKILL). A parent-death signal
/// would not do: Linux sends it when the thread that started the child ends, and a thread of the pool may end at any time.
/// </remarks>
public sealed class ServerProcess : IAsyncDisposable
{
    private const int KeptLines = 60;

    internal const string Keeper = """
        exec 3<&0
        "$@" </dev/null 3<&- &
        child=$!
        { if read -r _ <&3; then kill -TERM $child; read -r _ <&3; fi; kill -KILL $child; } >/dev/null 2>&1 &
        watcher=$!
        wait $child
        code=$?
        kill -KILL $watcher 2>/dev/null
        exit $code
        """;

    private static readonly TimeSpan s_readiness = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_ending = TimeSpan.FromSeconds(5);

    private readonly string _name;
    private readonly Process _keeper;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();
    private readonly List<(Regex Pattern, TaskCompletionSource<Match> Found)> _awaited = [];
    private bool _disposed;

    private ServerProcess(string name, Process keeper)
    {
        _name = name;
        _keeper = keeper;
    }

    /// <summary>Whether the server still runs.</summary>
    public bool IsRunning => !_disposed && !_keeper.HasExited;

    /// <summary>The process id of the shell that keeps the server.</summary>
    public int Id { get; private set; }

    /// <summary>The last lines the server wrote, oldest first.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Starts a program. It is not ready yet: await <see cref="LineAsync"/> or <see cref="ReadyAsync"/>.</summary>
    /// <param name="environment">Set for the program; a null value removes the variable.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">When there is no shell.</exception>
    public static ServerProcess Start(
        string program,
        IEnumerable<string> arguments,
        string workingFolder,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var info = new ProcessStartInfo("/bin/sh")
        {
            WorkingDirectory = workingFolder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["-c", Keeper, "keeper", program, .. arguments])
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment ?? new Dictionary<string, string?>())
        {
            info.Environment[key] = value;
        }

        var keeper = new Process { StartInfo = info, EnableRaisingEvents = true };
        var server = new ServerProcess(Path.GetFileName(program), keeper);
        keeper.OutputDataReceived += (_, e) => server.Heard(e.Data);
        keeper.ErrorDataReceived += (_, e) => server.Heard(e.Data);
        keeper.Exited += async (_, _) => await server.EndedAsync();
        keeper.Start();
        server.Id = keeper.Id;
        keeper.BeginOutputReadLine();
        keeper.BeginErrorReadLine();
        return server;
    }

    /// <summary>Waits until the server writes a line that matches.</summary>
    /// <exception cref="InvalidOperationException">When it ends or a minute passes before; the message holds its last output.</exception>
    public async Task<Match> LineAsync(Regex pattern, CancellationToken cancellationToken = default)
    {
        var found = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.Select(line => pattern.Match(line)).FirstOrDefault(match => match.Success) is { } seen)
            {
                return seen;
            }

            _awaited.Add((pattern, found));
        }

        if (_keeper.HasExited)
        {
            await EndedAsync();
        }

        try
        {
            return await found.Task.WaitAsync(s_readiness, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw Failure($"was not ready after {s_readiness.TotalSeconds} s");
        }
    }

    /// <summary>Waits until the given check holds, looking every 10 ms.</summary>
    /// <param name="check">May throw <see cref="HttpRequestException"/> while the server is not listening yet.</param>
    /// <exception cref="InvalidOperationException">When the server ends or a minute passes before; the message holds its last output.</exception>
    public async Task ReadyAsync(Func<CancellationToken, Task<bool>> check, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_readiness);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        try
        {
            do
            {
                if (_keeper.HasExited)
                {
                    await _keeper.WaitForExitAsync(limit.Token);
                    throw Failure("ended before it was ready");
                }

                try
                {
                    if (await check(limit.Token))
                    {
                        return;
                    }
                }
                catch (HttpRequestException)
                {
                    // Not listening yet.
                }
            }
            while (await tick.WaitForNextTickAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure($"was not ready after {s_readiness.TotalSeconds} s");
        }
    }

    /// <summary>Ends the server: asked first, then, after 5 seconds, by force.</summary>
    public async ValueTask DisposeAsync() => await EndAsync(s_ending);

    /// <summary>Ends the server: asked first, then, after <paramref name="patience"/>, by force.</summary>
    public async Task EndAsync(TimeSpan patience)
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            await _keeper.StandardInput.WriteLineAsync("end");
            await _keeper.StandardInput.FlushAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Ended by itself.
        }

        try
        {
            using var limit = new CancellationTokenSource(patience);
            await _keeper.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _keeper.Kill(entireProcessTree: true);
        }

        _keeper.Dispose();
    }

    /// <summary>Kills the server without asking (SIGKILL), as a crash would, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _keeper.StandardInput.Close();
        using var limit = new CancellationTokenSource(s_ending);
        await _keeper.WaitForExitAsync(limit.Token);
    }

    private void Heard(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _lines.Enqueue(line);
            while (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }

            _awaited.RemoveAll(awaited => awaited.Pattern.Match(line) is { Success: true } match && awaited.Found.TrySetResult(match));
        }
    }

    private async Task EndedAsync()
    {
        // Its last lines may still be on their way.
        using var limit = new CancellationTokenSource(s_ending);
        try
        {
            await _keeper.WaitForExitAsync(limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException)
        {
            // Its output is held open by someone else, or it was disposed meanwhile.
        }

        lock (_lock)
        {
            _awaited.ForEach(awaited => awaited.Found.TrySetException(Failure("ended before it was ready")));
            _awaited.Clear();
        }
    }

    private InvalidOperationException Failure(string what) => new($"{_name} {what}. Its last output:\n{Output}");
}
