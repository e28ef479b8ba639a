using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Recipes.Connectors.Tests;

/// <summary>An app on a loopback port that notes the last request and answers what it is told to.</summary>
internal sealed class LoopbackApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackApp(WebApplication app) => _app = app;

    public string Host => new Uri(_app.Urls.First()).Authority;
    public int Status { get; set; } = 200;
    public string ContentType { get; set; } = "application/json";
    public byte[] Answer { get; set; } = [];

    /// <summary>Makes the answer from the request and its body; takes the place of <see cref="Answer"/>.</summary>
    public Func<HttpContext, string, string>? AnswersBy { get; set; }
    public int Requests { get; private set; }
    public string? RequestLine { get; private set; }
    public string? RequestBody { get; private set; }
    public Dictionary<string, string> RequestHeaders { get; } = new(StringComparer.OrdinalIgnoreCase);

    public static async Task<LoopbackApp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var self = new LoopbackApp(app);
        app.Run(self.AnswerAsync);
        await app.StartAsync();
        return self;
    }

    public void Answers(string text) => Answer = Encoding.UTF8.GetBytes(text);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Requests++;
        RequestLine = $"{context.Request.Method} {context.Features.Get<IHttpRequestFeature>()!.RawTarget}";
        lock (RequestHeaders)
        {
            foreach (var (name, value) in context.Request.Headers)
                RequestHeaders[name] = value.ToString();
        }

        using var reader = new StreamReader(context.Request.Body);
        RequestBody = await reader.ReadToEndAsync();
        context.Response.StatusCode = Status;
        if (ContentType.Length > 0)
            context.Response.ContentType = ContentType;
        context.Response.Headers["X-Trace"] = "t1";
        context.Response.Headers.SetCookie = "session=secret";
        await context.Response.Body.WriteAsync(AnswersBy is { } answer ? Encoding.UTF8.GetBytes(answer(context, RequestBody)) : Answer);
    }
}
