using Microsoft.Extensions.Options;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Answers only under names that are ours, so that no other site can point its own name at this machine and read what is here.</summary>
internal sealed class KnownHosts(RequestDelegate next, IOptions<RecipesHostOptions> options)
{
    private readonly HashSet<string> _names = new(["127.0.0.1", "localhost", "[::1]", .. options.Value.PublicOriginUri is { } origin ? [origin.Host] : Array.Empty<string>()], StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        if (_names.Contains(context.Request.Host.Host))
            return next(context);
        return Problem.Of(StatusCodes.Status421MisdirectedRequest, "wrong-host", "This host does not answer under that name", "Use the address it listens on, or set PublicOrigin to the one it is reached under.").ExecuteAsync(context);
    }
}
