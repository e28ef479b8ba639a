using System.Globalization;
using System.Text;
using Recipes.Connections;

namespace Recipes.Connectors.Tests;

/// <summary>The page that says which providers the connector format can express, and which connectors there are.</summary>
internal static class CoverageReport
{
    /// <summary>How many of all providers need nothing but what the format expresses: at least this many.</summary>
    /// <remarks>A lower bound: as if no provider needed two of the missing features, but for those known to lie within another.</remarks>
    public static int LeastCovered(int providers, IReadOnlyList<ProviderFeature> features)
    {
        var missing = features.Where(f => f.Format is null).ToList();
        return providers - missing.Where(f => f.Within is null || !missing.Exists(m => m.Name == f.Within)).Sum(f => f.Providers);
    }

    public static string Make(int providers, IReadOnlyList<ProviderFeature> features, IEnumerable<Connector> connectors)
    {
        var covered = LeastCovered(providers, features);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Connectors

            What the connector format can say, measured against what {providers} real providers need, and the connectors that come with Recipes. This page is made by
            `scripts/connector-coverage`; a test fails when it is out of date. How to write one: [connector-format.md](connector-format.md).

            ## Coverage

            **At least {covered} of {providers} providers ({100.0 * covered / providers:0.0} %)** need nothing that the format cannot express. The count is of features in a public catalogue of
            providers (counts only, nothing of its content); the share is a lower bound, as if no provider needed two of the features that are missing.

            | feature | providers | in the format | shown on the wire by |
            |---|---:|---|---|

            """);
        foreach (var feature in features)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(feature.Means)} | {feature.Providers} | {(feature.Format is null ? $"**no**: {Cell(feature.Missing!)}" : Cell(feature.Format))} | ");
            text.Append(string.Join("<br>", feature.Tests.Select(t => $"`{t}`"))).Append(" |\n");
        }

        text.Append("""

            ## The catalogue

            *Tried live* means that a test talks to the app's own software. All others are written from their public documentation and pass the conformance kit, which plays the app
            from the same declaration: it proves that file and engine agree with each other, not that the app does.

            | connector | ways to authenticate | actions | tried live |
            |---|---|---:|---|

            """);
        foreach (var connector in connectors.OrderBy(c => c.Profile.DisplayName, StringComparer.OrdinalIgnoreCase))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(connector.Profile.DisplayName)} (`{connector.Profile.Name}`) | {string.Join(", ", connector.Profile.Schemes.Select(WayOf).Distinct())} | {connector.Actions.Count} | {(connector.Profile.Tried == Tried.Live ? "**yes**" : "no")} |\n");
        }

        return text.ToString();
    }

    private static string WayOf(AuthScheme scheme) => scheme switch
    {
        OAuth2Scheme oauth => oauth.Grant switch
        {
            OAuth2Grant.AuthorizationCode => "OAuth 2.0",
            OAuth2Grant.ClientCredentials => "OAuth 2.0 client credentials",
            OAuth2Grant.JwtBearer => "OAuth 2.0 JWT bearer",
            OAuth2Grant.DeviceCode => "OAuth 2.0 device code",
            OAuth2Grant.Password => "OAuth 2.0 password",
            _ => "OAuth 2.0 token exchange",
        },
        BasicScheme => "basic",
        ApiKeyScheme => "API key",
        OAuth1Scheme => "OAuth 1.0",
        DigestScheme => "digest",
        LoginScheme => "login",
        JwtScheme => "signed token",
        AwsSignatureScheme => "AWS signature",
        CodeScheme => "signature written in C#",
        CustomScheme => "its own",
        NoneScheme => "none",
        _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme.GetType().Name, null),
    };

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
