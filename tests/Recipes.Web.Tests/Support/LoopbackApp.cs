using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recipes.Web.Tests;

/// <summary>An app with one account behind basic authentication, on a real port.</summary>
internal sealed class LoopbackApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackApp(WebApplication app) => _app = app;

    public string Username { get; } = "ada";

    public string Password { get; } = Canaries.NewSecret("password at the app");

    public Uri Address => new(_app.Urls.First());

    public static async Task<LoopbackApp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var web = builder.Build();
        var app = new LoopbackApp(web);
        var expected = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{app.Username}:{app.Password}"))}";
        web.MapGet("/{**path}", (HttpContext context) => context.Request.Headers.Authorization == expected ? Results.Ok() : Results.Unauthorized());
        await web.StartAsync();
        return app;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
