using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a scheme of type <c>jwt</c>.</summary>
internal static class JwtReader
{
    private static readonly TimeSpan s_usualLifetime = TimeSpan.FromMinutes(5);

    public static AuthScheme? Read(SchemeMap scheme)
    {
        scheme.Open(Shape.Jwt);
        var map = scheme.Map;
        if (!map.Has("assertion"))
            map.Fault("assertion", "'assertion' is missing: it says what the token holds and how it is signed.");
        if (map.Map("assertion", Shape.Assertion) is not { } assertion)
            return null;
        if (!assertion.Has("keyField"))
            assertion.Fault("keyField", "'keyField' is missing: the secret field with the key that signs.");
        if (assertion.Has("scopeClaim"))
            assertion.Fault("scopeClaim", "'scopeClaim' goes with OAuth 2.0 only.");
        var rules = AssertionReader.Read(map, "assertion", scheme.Known)!;
        return scheme.Common(new JwtScheme
        {
            Name = scheme.Name("jwt"),
            DisplayName = scheme.DisplayName("Signed token"),
            Token = assertion.Has("lifetime") ? rules : rules with { Lifetime = s_usualLifetime },
        });
    }
}
