using Recipes.Web;

namespace Recipes.Host;

/// <summary>The designer: Elsa Studio's elements on pages of ours, under addresses of ours.</summary>
internal static class StudioPages
{
    public const string Path = "/studio";

    /// <summary>The two scripts that Studio writes into the page itself, by their hashes: the keys of the editor and of the list of runs.</summary>
    private const string Hotkeys = "'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc=' 'sha256-vu6sQrKXQHR4Yn3FMMihA/9TxxfIXnCxKwvLrTPJ5ts='";

    /// <summary>What the designer's page may do beyond <see cref="PagePolicy.Default"/>: it runs WebAssembly and has styles set by script; its editor works in a worker, and our own pages open beside it.</summary>
    private const string Policy = $"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {Hotkeys}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        + "worker-src 'self' blob:; frame-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'";

    public static void Map(IEndpointRouteBuilder pages)
    {
        foreach (var page in new[] { Path, $"{Path}/recipes/{{name}}", $"{Path}/runs", $"{Path}/runs/{{id:guid}}" })
            pages.MapGet(page, Show);
        pages.MapGet($"{Path}/recipes", () => new SeeOther(Path));
        pages.MapGet($"{Path}/signed-in", () => Page.Of<SignedInPage>()).MayBeEmbedded();

        // Where Studio believes to be, under its base address and under the root.
        foreach (var start in new[] { "", Path })
        {
            pages.MapGet($"{start}/workflows/definitions/{{id}}/edit", (string id) => new SeeOther(EditorOf(id)));
            pages.MapGet($"{start}/workflows/instances/{{id}}/view", (string id) => new SeeOther($"{Path}/runs/{Uri.EscapeDataString(id)}"));
        }

        // The same for everyone and open source: without a session to look up they are quick, and caches may keep them.
        foreach (var files in (string[])["_framework/{**file}", "_content/{**file}", .. StudioFile.Single])
            pages.MapMethods($"{Path}/{files}", ["GET", "HEAD"], Serve).AllowAnonymous();
        ShellFiles.Map(pages);
    }

    /// <summary>Where a recipe is designed.</summary>
    public static string EditorOf(string recipe) => $"{Path}/recipes/{Uri.EscapeDataString(recipe)}";

    private static IResult Show(HttpContext context, StudioPackage package)
    {
        if (!package.IsInstalled)
            return Page.Of<ErrorPage>(new() { ["Title"] = "The designer is not installed", ["Detail"] = package.HowToInstall, ["BackTo"] = "/recipes", ["BackLabel"] = "To the recipes" }, StatusCodes.Status503ServiceUnavailable);
        context.Response.Headers.ContentSecurityPolicy = Policy;
        return Page.Of<StudioPage>();
    }

    private static IResult Serve(HttpContext context, StudioPackage package) =>
        package.Find(context.Request.Path.Value![(Path.Length + 1)..])?.Serve(context) ?? TypedResults.NotFound();
}
