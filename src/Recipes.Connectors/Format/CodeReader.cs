using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a scheme of type <c>code</c>.</summary>
internal static class CodeReader
{
    public static AuthScheme? Read(SchemeMap scheme)
    {
        scheme.Open(Shape.Code);
        if (scheme.Map.Text("authenticator", required: true) is not { } name)
            return null;
        if (scheme.Code.FirstOrDefault(c => c.Name == name) is not { } code)
        {
            scheme.Map.Fault("authenticator", $"there is no authenticator '{name}' in this program: {string.Join(", ", scheme.Code.Select(c => c.Name).Order(StringComparer.Ordinal))}. A host registers its own as {nameof(ICodeAuthentication)}.");
            return null;
        }

        foreach (var field in code.Fields)
            scheme.Need(field);
        return scheme.Common(new CodeScheme { Name = scheme.Name("code"), DisplayName = scheme.DisplayName(name), Authentication = code });
    }
}
