using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a scheme of type <c>none</c>.</summary>
internal static class NoneReader
{
    public static AuthScheme Read(SchemeMap scheme)
    {
        scheme.Open(Shape.None);
        return scheme.Common(new NoneScheme { Name = scheme.Name("none"), DisplayName = scheme.DisplayName("Without a credential") });
    }
}
