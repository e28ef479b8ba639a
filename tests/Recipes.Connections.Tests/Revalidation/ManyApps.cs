using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections.Tests;

/// <summary>Many hosts in one process, the first of them slow. Each path begins with what is to happen to whoever asks for it.</summary>
internal sealed class ManyApps : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeSpan _slowness;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly ConcurrentDictionary<string, int> _met = new();
    private readonly ConcurrentDictionary<int, int> _now = new();
    private readonly ConcurrentDictionary<int, int> _most = new();
    private readonly ConcurrentDictionary<int, TimeSpan> _last = new();
    private readonly Lock _counting = new();
    private int _nowOverall;

    private ManyApps(WebApplication app, TimeSpan slowness) => (_app, _slowness) = (app, slowness);

    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>How often each path was asked for.</summary>
    public IReadOnlyDictionary<string, int> Met => _met.ToDictionary();

    /// <summary>How many requests a host had at the same time at most, by its port.</summary>
    public IReadOnlyDictionary<int, int> MostAtOnce => _most;

    public int MostAtOnceOverall { get; private set; }

    public static async Task<ManyApps> StartAsync(int hosts, TimeSpan slowness)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            for (var i = 0; i < hosts; i++)
                kestrel.Listen(IPAddress.Loopback, 0);
        });
        var apps = new ManyApps(builder.Build(), slowness);
        apps._app.Run(apps.AnswerAsync);
        await apps._app.StartAsync();
        apps.Addresses = [.. apps._app.Urls.Select(url => new Uri(url))];
        return apps;
    }

    /// <summary>When a host answered last, since the start.</summary>
    public TimeSpan LastAnswerOf(Uri host) => _last.GetValueOrDefault(host.Port);

    /// <summary>When all others had answered for the last time.</summary>
    public TimeSpan LastAnswerOfOthers(Uri host) => _last.Where(l => l.Key != host.Port).Max(l => l.Value);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var (port, path) = (context.Connection.LocalPort, context.Request.Path.Value![1..]);
        _met.AddOrUpdate(path, 1, (_, n) => n + 1);
        lock (_counting)
        {
            _now[port] = _now.GetValueOrDefault(port) + 1;
            _most[port] = Math.Max(_most.GetValueOrDefault(port), _now[port]);
            MostAtOnceOverall = Math.Max(MostAtOnceOverall, ++_nowOverall);
        }

        await Task.Delay(port == Addresses[0].Port ? _slowness : TimeSpan.FromMilliseconds(5));
        lock (_counting)
        {
            _now[port]--;
            _nowOverall--;
            _last[port] = _watch.Elapsed;
        }

        switch (path.Split('-')[0])
        {
            case "refused": context.Response.StatusCode = 401; break;
            case "forbidden": context.Response.StatusCode = 403; break;
            case "limited": context.Response.StatusCode = 429; break;
            case "maintenance": (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "120"); break;
            case "error": context.Response.StatusCode = 500; break;
            case "dropped": context.Abort(); return;
            case "missing": context.Response.StatusCode = 404; break;
            case "odd": context.Response.StatusCode = 400; break;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(path.StartsWith("words", StringComparison.Ordinal) ? """{"error":"invalid_auth"}""" : "{}");
    }
}
