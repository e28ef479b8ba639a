using Microsoft.AspNetCore.Http;

namespace Recipes.Web;

/// <summary>Sends the browser on with GET.</summary>
/// <remarks>Source: RFC 9110 §15.4.4.</remarks>
public sealed class SeeOther(string address) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = address;
        return Task.CompletedTask;
    }
}
