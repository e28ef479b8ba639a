using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Connectors whose one scheme gets its tokens without a person, at the real authorization server.</summary>
internal static class Machines
{
    public const string Connector = "machine";

    /// <summary>Client credentials with HTTP basic; a test changes what it is about.</summary>
    public static OAuth2Scheme Scheme(OidcProvider provider) => new()
    {
        Name = Connector,
        DisplayName = "Machine",
        Grant = OAuth2Grant.ClientCredentials,
        TokenEndpoint = FieldTemplate.Parse(provider.TokenEndpoint.AbsoluteUri),
        ScopeChoices = [new("api:read")],
    };

    /// <summary>Each connection brings its own client.</summary>
    public static OAuth2Scheme OwnClient(OidcProvider provider) => Scheme(provider) with
    {
        ClientIdField = "clientId",
        ClientSecretField = "clientSecret",
        Fields = [Text("clientId"), SecretField("clientSecret")],
    };

    public static OAuth2Scheme Password(OidcProvider provider) => Scheme(provider) with
    {
        Grant = OAuth2Grant.Password,
        Fields = [Text("username"), SecretField("password")],
    };

    /// <summary>An assertion signed with the key in the secret field <c>key</c>, sent by a client without a secret.</summary>
    public static OAuth2Scheme JwtBearer(OidcProvider provider, AssertionRules? rules = null) => Scheme(provider) with
    {
        Grant = OAuth2Grant.JwtBearer,
        ClientAuthentication = ClientAuthentication.None,
        ClientIdField = "clientId",
        Fields = [Text("clientId"), Text("account"), SecretField("key") with { Multiline = true }],
        Assertion = rules ?? new() { Algorithm = "ES256", KeyField = "key", Subject = CredentialTemplate.Parse("{{fields.account}}") },
    };

    public static OAuth2Scheme Exchange(OidcProvider provider) => Scheme(provider) with
    {
        Grant = OAuth2Grant.TokenExchange,
        Fields = [SecretField("subjectToken"), Text("audience") with { Required = false }],
        TokenExchange = new() { SubjectToken = CredentialTemplate.Parse("{{secrets.subjectToken}}"), Audience = CredentialTemplate.Parse("{{fields.audience}}") },
    };

    public static Task<ConnectionsHarness> StartAsync(OidcProvider provider, OAuth2Scheme scheme, TimeProvider? clock = null, TimeSpan? timeout = null, string? baseAddress = null, bool allowPassword = true) =>
        ConnectionsHarness.StartAsync(new Profiles(Profile(provider, scheme, baseAddress)), [provider.Issuer.Authority], clock, null, timeout, ("OAuth2:DangerousAllowPasswordGrant", allowPassword ? "true" : "false"));

    public static ConnectorProfile Profile(OidcProvider provider, OAuth2Scheme scheme, string? baseAddress = null) => new()
    {
        Name = Connector,
        DisplayName = "Machine",
        BaseAddress = FieldTemplate.Parse(baseAddress ?? provider.Issuer.AbsoluteUri),
        Schemes = [scheme],
        Probe = new(HttpMethod.Get, FieldTemplate.Parse("api/read"), "client"),
    };

    /// <summary>A new client at the provider, a definition that holds it, and a connection; no token yet.</summary>
    public static async Task<ConnectionId> ConnectAsync(
        ConnectionsHarness harness, OidcProvider provider, string authMethod = "client_secret_basic", string[]? grants = null, Dictionary<string, string>? fields = null, string? givenSecret = null)
    {
        var (client, secret) = ($"machine-{Guid.NewGuid():N}", harness.NewSecret("client secret"));
        await provider.AddMachineClientAsync(client, authMethod == "none" ? null : secret, authMethod, grants ?? ["client_credentials"]);
        await harness.DefineAsync(client, Connector, Connector, clientId: client, clientSecret: authMethod == "none" ? null : givenSecret ?? secret);
        return await harness.ConnectAsync(client, fields ?? []);
    }

    /// <summary>A connection whose definition holds no client.</summary>
    public static async Task<ConnectionId> ConnectOwnAsync(ConnectionsHarness harness, Dictionary<string, string> fields)
    {
        var key = $"machine-{Guid.NewGuid():N}";
        await harness.DefineAsync(key, Connector, Connector);
        return await harness.ConnectAsync(key, fields);
    }

    /// <summary>A new key for ES256: the private one as PEM, the public one as JWK.</summary>
    public static (string Pem, JsonObject PublicJwk) NewKey(ConnectionsHarness harness, string label = "private key")
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = harness.Watch(label, ec.ExportPkcs8PrivateKeyPem());
        using var key = SigningKey.Parse("ES256", new(pem));
        return (pem, new JsonObject(key.PublicJwk.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)).Append(new("alg", "ES256")).Append(new("use", "sig"))));
    }

    public static Regex Pattern(string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));

    public static Field Text(string name) => new() { Name = name, Label = name };

    public static Field SecretField(string name) => new() { Name = name, Label = name, Kind = FieldKind.Secret };
}
