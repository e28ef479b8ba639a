using Recipes.Web;

namespace Recipes.Host;

/// <summary>What every answer tells the browser. An endpoint may replace a header, never lack one by oversight.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        Set(context.Response.Headers);
        // The exception handler clears headers before it answers.
        context.Response.OnStarting(static state =>
        {
            var headers = (IHeaderDictionary)state;
            if (headers.ContentSecurityPolicy.Count == 0)
                Set(headers);
            return Task.CompletedTask;
        }, context.Response.Headers);
        return next(context);
    }

    private static void Set(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = PagePolicy.Default;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // Only the files of the pages are the same for everyone; they say so themselves.
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
    }
}
