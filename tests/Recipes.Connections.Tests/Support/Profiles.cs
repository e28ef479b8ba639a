using System.Text.RegularExpressions;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>The connectors of the tests, by hand.</summary>
internal sealed class Profiles(params ConnectorProfile[] profiles) : IConnectorProfiles
{
    public ConnectorProfile? Find(string connector) => profiles.FirstOrDefault(p => p.Name == connector);

    /// <summary>The authorization server with its two resources.</summary>
    /// <param name="checkIssuer">Whether <c>iss</c> is expected.</param>
    public static ConnectorProfile Oidc(OidcProvider provider, bool checkIssuer = true, string probe = "api/read")
    {
        OAuth2Scheme Scheme(string name, ClientAuthentication way) => new()
        {
            Name = name,
            DisplayName = name,
            AuthorizationEndpoint = FieldTemplate.Parse(provider.AuthorizationEndpoint.AbsoluteUri),
            TokenEndpoint = FieldTemplate.Parse(provider.TokenEndpoint.AbsoluteUri),
            RevocationEndpoint = FieldTemplate.Parse(provider.RevocationEndpoint.AbsoluteUri),
            Issuer = checkIssuer ? FieldTemplate.Parse(provider.IssuerText) : null,
            ScopeChoices = [new("openid"), new("offline_access"), new("api:read")],
            AuthorizationParameters = [new("prompt", CredentialTemplate.Parse("consent"))],
            ClientAuthentication = way,
        };

        return new()
        {
            Name = "oidc",
            DisplayName = "OIDC",
            BaseAddress = FieldTemplate.Parse(provider.Issuer.AbsoluteUri),
            Schemes = [Scheme("basic", ClientAuthentication.Basic), Scheme("basic-raw", ClientAuthentication.BasicRaw), Scheme("body", ClientAuthentication.Body)],
            Probe = new(HttpMethod.Get, FieldTemplate.Parse(probe), "sub"),
        };
    }

    /// <summary>The OAuth 1.0 provider with its resources; one scheme for each flow.</summary>
    public static ConnectorProfile OAuth1(OAuth1Provider provider, Func<OAuth1Scheme, OAuth1Scheme>? change = null)
    {
        OAuth1Scheme Scheme(OAuth1Flow flow, params Field[] fields) => (change ?? (s => s))(new()
        {
            Name = flow.ToString().ToLowerInvariant(),
            DisplayName = flow.ToString(),
            Flow = flow,
            RequestTokenEndpoint = flow == OAuth1Flow.ThreeLegged ? FieldTemplate.Parse(provider.RequestTokenEndpoint.AbsoluteUri) : null,
            AuthorizationEndpoint = flow == OAuth1Flow.ThreeLegged ? FieldTemplate.Parse(provider.AuthorizationEndpoint.AbsoluteUri) : null,
            AccessTokenEndpoint = flow is OAuth1Flow.ThreeLegged or OAuth1Flow.XAuth ? FieldTemplate.Parse(provider.AccessTokenEndpoint.AbsoluteUri) : null,
            Fields = fields,
        });

        return new()
        {
            Name = "oauth1",
            DisplayName = "Photos",
            BaseAddress = FieldTemplate.Parse(provider.BaseAddress.AbsoluteUri),
            Schemes =
            [
                Scheme(OAuth1Flow.ThreeLegged, Text("region") with { Automatic = true, Required = false }, Text("userId") with { Automatic = true, Required = false }),
                Scheme(OAuth1Flow.TwoLegged), Scheme(OAuth1Flow.XAuth, Text("username"), SecretField("password")), Scheme(OAuth1Flow.Token, SecretField("token"), SecretField("tokenSecret")),
            ],
            Probe = new(HttpMethod.Get, FieldTemplate.Parse("api/read"), "user"),
        };
    }

    /// <summary>The same with its first scheme changed, and with automatic fields of these names.</summary>
    public static ConnectorProfile Changed(OidcProvider provider, Func<OAuth2Scheme, OAuth2Scheme> change, params string[] automatic)
    {
        var profile = Oidc(provider, checkIssuer: false);
        return profile with
        {
            Schemes = [change((OAuth2Scheme)profile.Schemes[0]) with { Fields = [.. automatic.Select(name => new Field { Name = name, Label = name, Automatic = true })] }],
        };
    }

    public static Regex Pattern(string pattern) => new(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <summary>A server with basic authentication; its address and probe are fields.</summary>
    public static ConnectorProfile Docs(Uri address) => new()
    {
        Name = "docs",
        DisplayName = "Docs",
        BaseAddress = FieldTemplate.Parse("{{fields.baseUrl}}"),
        Schemes = [new BasicScheme { Name = "basic", DisplayName = "Basic", Fields = [Text("username"), SecretField("password")] }],
        Fields = [BaseUrl(address), Text("probe") with { Default = "basic/me" }],
        Probe = new(HttpMethod.Get, FieldTemplate.Parse("{{fields.probe}}")),
    };

    /// <summary>A server with an API key in each of the three places.</summary>
    public static ConnectorProfile Keys(Uri address)
    {
        ApiKeyScheme Scheme(string name, ApiKeyLocation location, string parameter, string? prefix = null) => new()
        {
            Name = name,
            DisplayName = name,
            Location = location,
            ParameterName = FieldTemplate.Parse(parameter),
            Prefix = prefix is null ? null : FieldTemplate.Parse(prefix),
            Fields = [SecretField("apiKey")],
        };

        return new()
        {
            Name = "keys",
            DisplayName = "Keys",
            BaseAddress = FieldTemplate.Parse("{{fields.baseUrl}}"),
            Schemes =
            [
                Scheme("header", ApiKeyLocation.Header, "X-Api-Key"), Scheme("prefixed", ApiKeyLocation.Header, "Authorization", "Token "),
                Scheme("query", ApiKeyLocation.Query, "api_key"), Scheme("body", ApiKeyLocation.Body, "api_key"),
            ],
            Fields = [BaseUrl(address), Text("probe") with { Default = "key/me" }],
            Probe = new(HttpMethod.Get, FieldTemplate.Parse("{{fields.probe}}")),
        };
    }

    private static Field BaseUrl(Uri address) => new() { Name = "baseUrl", Label = "Address", Kind = FieldKind.Url, Default = address.AbsoluteUri };

    private static Field Text(string name) => new() { Name = name, Label = name };

    private static Field SecretField(string name) => new() { Name = name, Label = name, Kind = FieldKind.Secret };
}
