using Recipes.Web;

namespace Recipes.Host;

/// <summary>The answer to a program that did not say who it is.</summary>
/// <remarks>Source: RFC 6750 §3.1: a request without a token gets no error code.</remarks>
internal static class Unauthorized
{
    public static Task WriteAsync(HttpContext context)
    {
        var given = context.Request.Headers.Authorization.Count > 0;
        context.Response.Headers.WWWAuthenticate = given ? "Bearer error=\"invalid_token\"" : "Bearer";
        return ErrorReply.WriteAsync(context, StatusCodes.Status401Unauthorized, "Sign-in is needed", given
            ? "The API token is not known here. An operator makes tokens: POST /api/users/{id}/tokens."
            : "Send an API token: Authorization: Bearer rcp_…");
    }
}
