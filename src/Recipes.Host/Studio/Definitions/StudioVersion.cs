using System.Diagnostics.CodeAnalysis;

namespace Recipes.Host;

/// <summary>Identity of one version of a recipe, as Studio knows it: <c>hello.3f2a9c0d1e4b</c>, or <c>hello.draft</c>.</summary>
/// <param name="Recipe">The logical definition, which is the name of the file.</param>
/// <param name="Version">As of <see cref="Engine.Recipe.Version"/>; null for the draft.</param>
internal readonly record struct StudioVersion(string Recipe, string? Version)
{
    private const string Draft = "draft";

    public static bool TryParse([NotNullWhen(true)] string? text, out StudioVersion id)
    {
        id = default;
        if (text?.LastIndexOf('.') is not ({ } dot and > 0) || dot == text.Length - 1)
            return false;
        id = new(text[..dot], text[(dot + 1)..] is var version && version == Draft ? null : version);
        return true;
    }

    public override string ToString() => $"{Recipe}.{Version ?? Draft}";
}
