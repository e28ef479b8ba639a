using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recipes.Host.Tests;

/// <summary>An app that answers when it is told to, on a real port.</summary>
internal sealed class HeldApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asked;

    private HeldApp(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>How often it was asked for something.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public static async Task<HeldApp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var web = builder.Build();
        var app = new HeldApp(web);
        web.MapGet("/me", () => Results.Ok(new { name = "held" }));
        web.MapGet("/ask", async () =>
        {
            Interlocked.Increment(ref app._asked);
            await app._open.Task;
            return Results.Ok(new { answer = "forty-two" });
        });
        await web.StartAsync();
        return app;
    }

    /// <summary>Answers all that was asked, and whatever comes from now on.</summary>
    public void Open() => _open.TrySetResult();

    /// <summary>Its connector, with one action.</summary>
    public string Connector => $$$"""
        connector: 1
        name: held
        displayName: Held
        baseAddress: {{{Address.GetLeftPart(UriPartial.Authority)}}}
        schemes:
          - { type: apiKey, in: header, parameterName: X-Key }
        probe: { path: /me, accountLabel: name }
        actions:
          - name: Ask
            request: { method: GET, path: /ask }
            response: { output: { answer: answer } }
        """;

    public async ValueTask DisposeAsync()
    {
        Open();
        await _app.DisposeAsync();
    }
}
