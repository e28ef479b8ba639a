using Microsoft.AspNetCore.Http;

namespace Recipes.Web;

/// <summary>What a browser may load and do on our pages.</summary>
/// <remarks>Source: Content Security Policy Level 3.</remarks>
public static class PagePolicy
{
    private const string Start = "default-src 'self'; object-src 'none'; base-uri 'none'";
    private const string InNoFrame = "frame-ancestors 'none'";
    private const string InOurFrame = "frame-ancestors 'self'";

    /// <summary>For every page: our own files, nothing inline, in no frame.</summary>
    public const string Default = $"{Start}; {InNoFrame}; form-action 'self'";

    /// <summary>As <see cref="Default"/>, but in a frame of ours where the answer is for one.</summary>
    internal static string Of(HttpContext context) => $"{WithoutFormAction(context)}; form-action 'self'";

    /// <summary>For pages whose form leads to a provider.</summary>
    internal static string WithoutFormAction(HttpContext context) => $"{Start}; {(Embedding.IsOn(context) ? InOurFrame : InNoFrame)}";

    /// <summary>For a page whose form may end at that address: browsers apply <c>form-action</c> to redirects as well.</summary>
    internal static string WithFormTo(HttpContext context, Uri address) => $"{Of(context)} {address.Scheme}://{address.IdnHost}:{address.Port}";
}
