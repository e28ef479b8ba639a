using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections.Tests;

/// <summary>Redirects from /0 to /1 and so on, so often, then answers; nginx cannot be told how often.</summary>
internal sealed class RedirectingServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RedirectingServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single() + "/");

    /// <param name="elsewhere">Where the last redirect leads instead, from the query that came.</param>
    public static async Task<RedirectingServer> StartAsync(int redirects, Func<string, Uri>? elsewhere = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/{hop:int}", (int hop, HttpRequest request) =>
            hop >= redirects ? Results.Ok() : Results.Redirect(elsewhere?.Invoke(request.QueryString.Value!).AbsoluteUri ?? $"/{hop + 1}"));
        await app.StartAsync();
        return new(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
