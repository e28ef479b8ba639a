using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a scheme of type <c>oauth2</c>.</summary>
internal static class OAuth2Reader
{
    private static readonly Dictionary<string, OAuth2Grant> s_grants = Camel<OAuth2Grant>();
    private static readonly Dictionary<string, ClientAuthentication> s_clientAuthentications = Camel<ClientAuthentication>();
    private static readonly Dictionary<string, TokenRequestBody> s_bodies = Camel<TokenRequestBody>();
    private static readonly Dictionary<string, ExpiryUnit> s_units = Camel<ExpiryUnit>();
    private static readonly string[] s_exchangeKeys = ["subjectToken", "subjectTokenType", "requestedTokenType", "audience"];

    public static IReadOnlyCollection<string> Grants => s_grants.Keys;
    public static IReadOnlyCollection<string> ClientAuthentications => s_clientAuthentications.Keys;
    public static IReadOnlyCollection<string> Bodies => s_bodies.Keys;
    public static IReadOnlyCollection<string> Units => s_units.Keys;
    internal static Dictionary<string, ExpiryUnit> UnitsByName => s_units;

    public static AuthScheme Read(SchemeMap scheme)
    {
        scheme.Open(Shape.OAuth2);
        var map = scheme.Map;
        var (clientId, clientSecret) = (map.Text("clientIdField"), map.Text("clientSecretField"));
        if (clientId is not null)
            scheme.Need("clientIdField", new Field { Name = clientId, Label = "Client ID" });
        if (clientSecret is not null)
            scheme.Need("clientSecretField", new Field { Name = clientSecret, Label = "Client secret", Kind = FieldKind.Secret, Multiline = map.Text("clientAuthentication") == "privateKeyJwt" });
        if (clientSecret is not null && clientId is null)
            map.Fault("clientSecretField", "'clientSecretField' needs 'clientIdField': the account brings the whole client, or the definition does.");
        var grant = map.Choice("grant", s_grants, OAuth2Grant.AuthorizationCode);
        if (grant == OAuth2Grant.Password)
        {
            scheme.Need("usernameField", new Field { Name = "username", Label = "User name" });
            scheme.Need("passwordField", new Field { Name = "password", Label = "Password", Kind = FieldKind.Secret, Trim = false });
        }

        var fields = scheme.Known;
        var parameters = new CredentialNames(fields, "fields", "secrets", "client", "tokens");
        var discovery = map.Address("discovery", fields, optional: true);
        Check(map, grant, discovery is not null);
        return scheme.Common(new OAuth2Scheme
        {
            Name = scheme.Name("oauth2"),
            DisplayName = scheme.DisplayName("OAuth 2.0"),
            Grant = grant,
            AuthorizationEndpoint = map.Address("authorizationEndpoint", fields, optional: discovery is not null),
            TokenEndpoint = map.Address("tokenEndpoint", fields, optional: discovery is not null),
            RefreshEndpoint = map.Address("refreshEndpoint", fields),
            RevocationEndpoint = map.Address("revocationEndpoint", fields, optional: true),
            IntrospectionEndpoint = map.Address("introspectionEndpoint", fields, optional: true),
            ProbesByIntrospection = ProbeReader.IsIntrospection(map, hasEndpoint: map.Has("introspectionEndpoint") || discovery is not null),
            DeviceAuthorizationEndpoint = map.Address("deviceAuthorizationEndpoint", fields, optional: discovery is not null),
            PushedAuthorizationEndpoint = map.Address("pushedAuthorizationEndpoint", fields, optional: true),
            Discovery = discovery,
            Issuer = map.Address("issuer", fields, optional: true),
            ClientAuthentication = map.Choice("clientAuthentication", s_clientAuthentications, ClientAuthentication.Basic),
            ClientIdField = clientId,
            ClientSecretField = clientSecret,
            UsernameField = map.Text("usernameField") ?? "username",
            PasswordField = map.Text("passwordField") ?? "password",
            ClientAssertion = AssertionReader.Read(map, "clientAssertion", fields) ?? new(),
            Assertion = AssertionReader.Read(map, "assertion", fields),
            TokenExchange = ReadExchange(map, new CredentialNames(fields, "fields", "secrets", "client")),
            ScopeChoices = ReadScopes(map),
            ScopeSeparator = map.Text("scopeSeparator") ?? " ",
            ScopeParameter = map.Text("scopeParameter") ?? "scope",
            ClientIdParameter = map.Text("clientIdParameter") ?? "client_id",
            ClientSecretParameter = map.Text("clientSecretParameter") ?? "client_secret",
            Pkce = map.Flag("pkce", otherwise: true),
            DPoP = map.Flag("dpop", otherwise: false),
            Resources = map.Addresses("resources", fields),
            // A browser shows these: nothing secret gets in.
            AuthorizationParameters = new CredentialNames(fields, "fields", "client").ReadMap(map, "authorizationParameters"),
            AuthorizationFragment = map.Text("authorizationFragment"),
            CodeParameter = map.Text("codeParameter") ?? "code",
            TokenRequest = ReadRequest(map.Map("tokenRequest", Shape.TokenRequest), parameters, null),
            RefreshRequest = ReadRequest(map.Map("refreshRequest", Shape.TokenRequest), parameters, ReadRequest(map.Map("tokenRequest", Shape.TokenRequest), parameters, null, quiet: true)),
            TokenResponse = ReadResponse(map.Map("tokenResponse", Shape.TokenResponse)),
            AccessTokenLifetime = map.Seconds("accessTokenLifetime"),
            RefreshGrace = map.Seconds("refreshGrace"),
            Captures = CaptureReader.Read(map, fields, from: null),
        });
    }

    private static void Check(YamlMap map, OAuth2Grant grant, bool hasDiscovery)
    {
        if (grant == OAuth2Grant.JwtBearer && !map.Has("assertion"))
            map.Fault("assertion", "'assertion' is missing: the JWT bearer grant sends one.");
        if (grant == OAuth2Grant.TokenExchange && !map.Has("subjectToken"))
            map.Fault("subjectToken", "'subjectToken' is missing: it says which token is exchanged, for instance {{secrets.subjectToken}}.");
        foreach (var key in s_exchangeKeys.Where(k => grant != OAuth2Grant.TokenExchange && map.Has(k)))
            map.Fault(key, $"'{key}' belongs to the grant tokenExchange.");
        if (hasDiscovery)
            return;
        string[] needed = grant switch
        {
            OAuth2Grant.AuthorizationCode => ["authorizationEndpoint", "tokenEndpoint"],
            OAuth2Grant.DeviceCode => ["deviceAuthorizationEndpoint", "tokenEndpoint"],
            _ => ["tokenEndpoint"],
        };
        foreach (var key in needed.Where(k => !map.Has(k)))
            map.Fault(key, $"'{key}' is missing: give it, or 'discovery'.");
    }

    private static TokenExchangeRules? ReadExchange(YamlMap map, CredentialNames names)
    {
        var (type, requested, audience) = (names.Read(map, "subjectTokenType"), names.Read(map, "requestedTokenType"), names.Read(map, "audience"));
        return names.Read(map, "subjectToken") is not { } token ? null : new TokenExchangeRules { SubjectToken = token, SubjectTokenType = type, RequestedTokenType = requested, Audience = audience };
    }

    private static List<ScopeChoice> ReadScopes(YamlMap scheme)
    {
        var scopes = new List<ScopeChoice>();
        foreach (var item in scheme.TextsOrMaps("scopes", Shape.Scope))
        {
            if (item.Text is { } name)
                scopes.Add(new(name));
            else if (item.Map is { } map && map.Text("name", required: true) is { } named)
                scopes.Add(new(named, map.Text("description"), map.Flag("default", otherwise: true), map.Flag("required", otherwise: false), map.Texts("includes")));
        }

        return scopes;
    }

    // What a refresh request does not say itself is as in the token request, but for its parameters.
    private static TokenRequestRules ReadRequest(YamlMap? map, CredentialNames names, TokenRequestRules? inherited, bool quiet = false)
    {
        if (map is null)
            return inherited is null ? new() : inherited with { Parameters = [], Omit = [] };
        if (quiet)
            map = new YamlMap(new ConnectorFile(""), map.Node, null);
        var method = inherited?.Method ?? HttpMethod.Post;
        if (map.Has("method") && ProbeReader.TryMethod(map, "POST", out var given))
            method = given;
        return new()
        {
            Method = method,
            Body = map.Choice("body", s_bodies, inherited?.Body ?? (method == HttpMethod.Get ? TokenRequestBody.Query : TokenRequestBody.Form)),
            Headers = map.Has("headers") || inherited is null ? names.ReadMap(map, "headers") : inherited.Headers,
            Parameters = names.ReadMap(map, "parameters"),
            Omit = map.Texts("omit"),
        };
    }

    private static TokenResponseRules ReadResponse(YamlMap? map)
    {
        var usual = new TokenResponseRules();
        if (map is null)
            return usual;
        IReadOnlyList<string> Paths(string key, IReadOnlyList<string> otherwise) => map.Has(key) ? map.Texts(key) : otherwise;
        return new()
        {
            AccessToken = Paths("accessToken", usual.AccessToken),
            RefreshToken = Paths("refreshToken", usual.RefreshToken),
            ExpiresIn = Paths("expiresIn", usual.ExpiresIn),
            RefreshExpiresIn = Paths("refreshExpiresIn", usual.RefreshExpiresIn),
            ExpiryUnit = map.Choice("expiryUnit", s_units, ExpiryUnit.Seconds),
            Scope = Paths("scope", usual.Scope),
            TokenType = Paths("tokenType", usual.TokenType),
            Errors = ErrorRuleReader.Read(map),
        };
    }

    private static Dictionary<string, T> Camel<T>()
        where T : struct, Enum => Enum.GetValues<T>().ToDictionary(v => char.ToLowerInvariant(v.ToString()[0]) + v.ToString()[1..]);
}
