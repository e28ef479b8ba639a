using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Recipes.Web;

/// <summary>A whole page, rendered on the server.</summary>
public static class Page
{
    /// <param name="parameters">The component's parameters by name.</param>
    public static RazorComponentResult<TComponent> Of<TComponent>(Dictionary<string, object?>? parameters = null, int status = 200)
        where TComponent : IComponent =>
        new(parameters ?? []) { StatusCode = status, ContentType = "text/html; charset=utf-8", PreventStreamingRendering = true };
}
