using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Recipes.Host.Tests;

/// <summary>Records everything that a host answers, to whomever: status, headers and body.</summary>
internal sealed class ResponseRecorder : IStartupFilter
{
    private readonly ConcurrentQueue<(string Request, string Response)> _answers = new();

    /// <summary>Method and path of each request, and all that was answered.</summary>
    public IReadOnlyCollection<(string Request, string Response)> Answers => _answers;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(RecordAsync);
        next(app);
    };

    private async Task RecordAsync(HttpContext context, RequestDelegate next)
    {
        var request = $"{context.Request.Method} {context.Request.Path}";
        var body = context.Response.Body;
        using var copy = new MemoryStream();
        context.Response.Body = copy;
        await next(context);
        context.Response.Body = body;
        copy.Position = 0;
        await copy.CopyToAsync(body, context.RequestAborted);
        var headers = string.Join('\n', context.Response.Headers.Select(h => $"{h.Key}: {h.Value}"));
        _answers.Enqueue((request, $"{context.Response.StatusCode}\n{headers}\n\n{Encoding.UTF8.GetString(copy.ToArray())}"));
    }
}
