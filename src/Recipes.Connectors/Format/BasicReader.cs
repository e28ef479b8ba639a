using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a scheme of type <c>basic</c>.</summary>
internal static class BasicReader
{
    public static AuthScheme Read(SchemeMap scheme)
    {
        scheme.Open(Shape.Basic);
        var username = scheme.Need("usernameField", new Field { Name = "username", Label = "User name" });
        var password = scheme.Need("passwordField", new Field { Name = "password", Label = "Password", Kind = FieldKind.Secret, Trim = false });
        return scheme.Common(new BasicScheme { Name = scheme.Name("basic"), DisplayName = scheme.DisplayName("User name and password"), UsernameField = username, PasswordField = password });
    }
}
