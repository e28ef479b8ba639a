using Microsoft.AspNetCore.Authentication.Cookies;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Refuses changes through the API that a browser sends with our cookie on behalf of another site. Pages have their form tokens for that.</summary>
internal sealed class SameOrigin(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var isChange = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);
        if (!isChange || !ErrorReply.IsForPrograms(context) || context.User.Identity is not { IsAuthenticated: true, AuthenticationType: CookieAuthenticationDefaults.AuthenticationScheme } || ComesFromHere(request))
            return next(context);
        return Problem.Forbidden("This request comes from another site. Programs send an API token in the Authorization header.").ExecuteAsync(context);
    }

    private static bool ComesFromHere(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [{ } site])
            return site is "same-origin" or "none";
        return request.Headers.Origin is [{ } origin] && string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
