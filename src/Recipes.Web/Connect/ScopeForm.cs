using Microsoft.AspNetCore.Http;

namespace Recipes.Web;

/// <summary>The permissions that were ticked, as an HTML form sends them: a box that is not ticked is not sent.</summary>
internal static class ScopeForm
{
    private const string Prefix = "scope.";

    /// <summary>Tells a form where nothing was ticked from one that had nothing to tick.</summary>
    public const string Marker = "scopes";

    public static string NameOf(ScopeChoice scope) => Prefix + scope.Name;

    /// <summary>Null where the form let nobody choose.</summary>
    public static IReadOnlyList<string>? Read(IFormCollection form) => form.ContainsKey(Marker)
        ? [.. form.Keys.Where(k => k.StartsWith(Prefix, StringComparison.Ordinal)).Select(k => k[Prefix.Length..])]
        : null;
}
