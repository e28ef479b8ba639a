using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

/// <summary>Pages that another page of ours shows in a frame: those of the wizard, beside the designer. They say so in their address or form, <c>embedded=1</c>, and have no header then.</summary>
public static class Embedding
{
    private const string Name = "embedded";

    /// <summary>Whether this answer is for a frame of ours.</summary>
    public static bool IsOn(HttpContext context) => context.Items.ContainsKey(typeof(Embedding));

    /// <summary>Whether an address of ours is one for a frame.</summary>
    public static bool IsAskedFor(string path) => path.Split('?', 2) is [_, var query] && query.Split('&').Contains($"{Name}=1");

    /// <summary>The same address, for a frame where this answer is for one.</summary>
    public static string Carry(HttpContext context, string path) => IsOn(context) && path.StartsWith('/') ? $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Name}=1" : path;

    /// <summary>Makes this answer one for a frame of ours; no page of another origin can show it.</summary>
    public static void Allow(HttpContext context)
    {
        context.Items[typeof(Embedding)] = true;
        context.Response.Headers.ContentSecurityPolicy = PagePolicy.Of(context);
    }

    /// <summary>Lets the endpoints answer for a frame where they are asked to.</summary>
    public static TBuilder MayBeEmbedded<TBuilder>(this TBuilder pages)
        where TBuilder : IEndpointConventionBuilder => pages.AddEndpointFilter(async (invocation, next) =>
    {
        var request = invocation.HttpContext.Request;
        if (request.Query[Name] == "1" || (request.HasFormContentType && (await request.ReadFormAsync(invocation.HttpContext.RequestAborted))[Name] == "1"))
            Allow(invocation.HttpContext);
        return await next(invocation);
    });
}
