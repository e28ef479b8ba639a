using Microsoft.AspNetCore.Http;

namespace Recipes.Connections.Tests;

/// <summary>An answer with one header and a body of JSON.</summary>
internal sealed class Headed(int status, string name, string value, string body = "{}") : IResult
{
    public Task ExecuteAsync(HttpContext context)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Append(name, value);
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }
}
