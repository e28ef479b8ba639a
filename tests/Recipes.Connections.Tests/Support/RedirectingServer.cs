using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections.Tests;

/// <summary>Redirects from /0 to /1 and so on, so often, then answers; tells of one account; counts. Nginx cannot be told how often.</summary>
internal sealed class RedirectingServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private RedirectingServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single() + "/");

    /// <summary>How many requests it got.</summary>
    public int Requests => _requests;

    /// <param name="elsewhere">Where the last redirect leads instead, from the query that came.</param>
    public static async Task<RedirectingServer> StartAsync(int redirects, Func<string, Uri>? elsewhere = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new RedirectingServer(app);
        app.Use((context, next) =>
        {
            Interlocked.Increment(ref server._requests);
            return next(context);
        });
        app.MapGet("/account", () => Results.Json(new { id = 42, name = "Acme" }));
        app.MapGet("/{hop:int}", (int hop, HttpRequest request) =>
            hop >= redirects ? Results.Ok() : Results.Redirect(elsewhere?.Invoke(request.QueryString.Value!).AbsoluteUri ?? $"/{hop + 1}"));
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
