using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections.Tests;

/// <summary>A request as it came in.</summary>
internal sealed record SeenRequest(string Method, string Target, IHeaderDictionary Headers, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    public string Header(string name) => Headers[name].ToString();
}

/// <summary>An app on loopback that notes every request as it came and answers as told.</summary>
internal sealed class AppServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SeenRequest> _requests = new();

    private AppServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single() + "/");

    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    /// <param name="answer">Decides on each request; null means 200 with an empty JSON object.</param>
    public static async Task<AppServer> StartAsync(Func<SeenRequest, IResult?>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new AppServer(builder.Build());
        server._app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            // The target as it was on the wire: the parsed path is decoded already.
            var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            var seen = new SeenRequest(context.Request.Method, target, new HeaderDictionary(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase)), body.ToArray());
            server._requests.Enqueue(seen);
            await (answer?.Invoke(seen) ?? Results.Text("{}", "application/json")).ExecuteAsync(context);
        });
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
