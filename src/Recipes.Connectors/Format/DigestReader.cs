using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a scheme of type <c>digest</c>.</summary>
internal static class DigestReader
{
    public static AuthScheme Read(SchemeMap scheme)
    {
        scheme.Open(Shape.Digest);
        var username = scheme.Need("usernameField", new Field { Name = "username", Label = "User name" });
        var password = scheme.Need("passwordField", new Field { Name = "password", Label = "Password", Kind = FieldKind.Secret });
        return scheme.Common(new DigestScheme { Name = scheme.Name("digest"), DisplayName = scheme.DisplayName("User name and password (digest)"), UsernameField = username, PasswordField = password });
    }
}
