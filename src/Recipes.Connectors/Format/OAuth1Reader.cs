using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a scheme of type <c>oauth1</c>.</summary>
internal static class OAuth1Reader
{
    private static readonly Dictionary<string, OAuth1Flow> s_flows = new()
    {
        ["threeLegged"] = OAuth1Flow.ThreeLegged,
        ["twoLegged"] = OAuth1Flow.TwoLegged,
        ["xAuth"] = OAuth1Flow.XAuth,
        ["token"] = OAuth1Flow.Token,
    };

    private static readonly Dictionary<string, OAuth1ParameterLocation> s_locations = new()
    {
        ["header"] = OAuth1ParameterLocation.Header,
        ["query"] = OAuth1ParameterLocation.Query,
        ["body"] = OAuth1ParameterLocation.Body,
    };

    public static IReadOnlyCollection<string> Flows => s_flows.Keys;
    public static IReadOnlyCollection<string> Locations => s_locations.Keys;

    public static AuthScheme Read(SchemeMap scheme)
    {
        scheme.Open(Shape.OAuth1);
        var map = scheme.Map;
        var flow = map.Choice("flow", s_flows, OAuth1Flow.ThreeLegged);
        var method = map.Choice("signatureMethod", OAuth1SignatureMethods.ByName, OAuth1SignatureMethod.HmacSha1);
        var (consumerKey, consumerSecret) = ReadConsumer(scheme);
        var (token, tokenSecret, username, password) = ("token", "tokenSecret", "username", "password");
        if (flow == OAuth1Flow.Token)
        {
            token = scheme.Need("tokenField", new Field { Name = token, Label = "Token", Kind = FieldKind.Secret });
            tokenSecret = scheme.Need("tokenSecretField", new Field { Name = tokenSecret, Label = "Token secret", Kind = FieldKind.Secret });
        }
        else if (flow == OAuth1Flow.XAuth)
        {
            username = scheme.Need("usernameField", new Field { Name = username, Label = "User name" });
            password = scheme.Need("passwordField", new Field { Name = password, Label = "Password", Kind = FieldKind.Secret });
        }

        Check(map, flow, method);
        var fields = scheme.Known;
        var requests = new CredentialNames(fields, "fields", "secrets", "client");
        return scheme.Common(new OAuth1Scheme
        {
            Name = scheme.Name("oauth1"),
            DisplayName = scheme.DisplayName("OAuth 1.0"),
            ClientLabels = new OAuth1Scheme { Name = "", DisplayName = "", SignatureMethod = method }.UsesPrivateKey ? ClientLabels.Consumer with { Secret = "Private key (PEM)" } : ClientLabels.Consumer,
            Flow = flow,
            SignatureMethod = method,
            ParametersIn = map.Choice("parametersIn", s_locations, OAuth1ParameterLocation.Header),
            RequestTokenEndpoint = map.Address("requestTokenEndpoint", fields),
            AuthorizationEndpoint = map.Address("authorizationEndpoint", fields),
            AccessTokenEndpoint = map.Address("accessTokenEndpoint", fields),
            Realm = map.Address("realm", fields, optional: true),
            BodyHash = map.Flag("bodyHash", otherwise: false),
            ConsumerKeyField = consumerKey,
            ConsumerSecretField = consumerSecret,
            TokenField = token,
            TokenSecretField = tokenSecret,
            UsernameField = username,
            PasswordField = password,
            RequestTokenParameters = requests.ReadMap(map, "requestTokenParameters"),
            // A browser shows these: nothing secret gets in.
            AuthorizationParameters = new CredentialNames(fields, "fields", "client").ReadMap(map, "authorizationParameters"),
            AccessTokenParameters = requests.ReadMap(map, "accessTokenParameters"),
            Captures = CaptureReader.Read(map, fields, from: null),
        });
    }

    private static (string? Key, string? Secret) ReadConsumer(SchemeMap scheme)
    {
        var (key, secret) = (scheme.Map.Text("consumerKeyField"), scheme.Map.Text("consumerSecretField"));
        if (key is null != secret is null)
            scheme.Map.Fault(key is null ? "consumerSecretField" : "consumerKeyField", "'consumerKeyField' and 'consumerSecretField' go together: the account brings the whole consumer, or the definition does.");
        if (key is not null)
            scheme.Need("consumerKeyField", new Field { Name = key, Label = "Consumer key" });
        if (secret is not null)
            scheme.Need("consumerSecretField", new Field { Name = secret, Label = "Consumer secret", Kind = FieldKind.Secret });
        return (key, secret);
    }

    private static void Check(YamlMap map, OAuth1Flow flow, OAuth1SignatureMethod method)
    {
        string[] needed = flow switch
        {
            OAuth1Flow.ThreeLegged => ["requestTokenEndpoint", "authorizationEndpoint", "accessTokenEndpoint"],
            OAuth1Flow.XAuth => ["accessTokenEndpoint"],
            _ => [],
        };
        foreach (var key in needed.Where(k => !map.Has(k)))
            map.Fault(key, $"'{key}' is missing: this flow asks there for a token.");

        string[] useless = flow switch
        {
            OAuth1Flow.ThreeLegged => ["tokenField", "tokenSecretField", "usernameField", "passwordField"],
            OAuth1Flow.XAuth => ["requestTokenEndpoint", "authorizationEndpoint", "requestTokenParameters", "authorizationParameters", "tokenField", "tokenSecretField"],
            OAuth1Flow.Token => ["requestTokenEndpoint", "authorizationEndpoint", "accessTokenEndpoint", "requestTokenParameters", "authorizationParameters", "accessTokenParameters", "capture", "usernameField", "passwordField"],
            _ =>
            [
                "requestTokenEndpoint", "authorizationEndpoint", "accessTokenEndpoint", "requestTokenParameters", "authorizationParameters", "accessTokenParameters", "capture",
                "tokenField", "tokenSecretField", "usernameField", "passwordField",
            ],
        };
        foreach (var key in useless.Where(map.Has))
            map.Fault(key, $"'{key}' has no meaning in this flow.");
        if (method == OAuth1SignatureMethod.PlainText && map.Flag("bodyHash", otherwise: false))
            map.Fault("bodyHash", "PLAINTEXT signs nothing, so no hash of the body either.");
    }
}
