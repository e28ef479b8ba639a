namespace Recipes.Web;

/// <summary>What a browser may load and do on our pages.</summary>
/// <remarks>Source: Content Security Policy Level 3.</remarks>
public static class PagePolicy
{
    /// <summary>For every page: our own files, nothing inline, in no frame.</summary>
    public const string Default = $"{WithoutFormAction}; form-action 'self'";

    /// <summary>For the one page whose form leads to a provider.</summary>
    internal const string WithoutFormAction = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>For a page whose form may end at that address: browsers apply <c>form-action</c> to redirects as well.</summary>
    internal static string WithFormTo(Uri address) => $"{Default} {address.Scheme}://{address.IdnHost}:{address.Port}";
}
