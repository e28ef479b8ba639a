using Microsoft.Extensions.Options;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Answers only under names that are ours, so that no other site can point its own name at this machine and read what is here.</summary>
internal sealed class KnownHosts(RequestDelegate next, IOptions<RecipesHostOptions> options, PublicAddress address)
{
    private readonly HashSet<string> _names = new(["127.0.0.1", "localhost", "[::1]", .. options.Value.PublicOriginUri is { } origin ? [origin.Host] : Array.Empty<string>()], StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        if (IsOtherNameOfThisMachine(context.Request))
            return new SeeOther(address.Of($"{context.Request.Path}{context.Request.QueryString}").AbsoluteUri).ExecuteAsync(context);
        if (_names.Contains(context.Request.Host.Host))
            return next(context);
        return Problem.Of(StatusCodes.Status421MisdirectedRequest, "wrong-host", "This host does not answer under that name", "Use the address it listens on, or set PublicOrigin to the one it is reached under.").ExecuteAsync(context);
    }

    // Providers send people back to the one address that is registered, where a cookie set under 'localhost' would be missing.
    private bool IsOtherNameOfThisMachine(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && options.Value.PublicOriginUri is null && !ErrorReply.IsForPrograms(request.HttpContext)
        && request.Host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        && address.Origin is { Host: "127.0.0.1" } origin && request.Host.Port == origin.Port && request.Scheme == origin.Scheme;
}
