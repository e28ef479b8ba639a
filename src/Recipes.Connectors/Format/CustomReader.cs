using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a scheme of type <c>custom</c>.</summary>
internal static class CustomReader
{
    public static AuthScheme Read(SchemeMap scheme)
    {
        scheme.Open(Shape.Custom);
        if (!scheme.Map.Has("apply") && !scheme.Map.Has("clientCertificate"))
            scheme.Map.Fault("apply", "'apply' is missing: it says what is made of the fields. An app that asks for nothing is of type none.");
        return scheme.Common(new CustomScheme { Name = scheme.Name("custom"), DisplayName = scheme.DisplayName("Credentials of the app") });
    }
}
