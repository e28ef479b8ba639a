using Recipes.Connections;

namespace Recipes.Node;

/// <summary>Two connectors for one authorization server: one whose provider takes a replaced refresh token for a while, and one whose provider does not.</summary>
/// <param name="node">Goes along with token requests.</param>
public sealed class NodeConnectors(Uri provider, string node) : IConnectorProfiles
{
    public const string Lenient = "lenient";
    public const string Strict = "strict";

    private readonly ConnectorProfile[] _profiles = [Profile(provider, node, Lenient, TimeSpan.FromMinutes(30)), Profile(provider, node, Strict, null)];

    public ConnectorProfile? Find(string connector) => _profiles.FirstOrDefault(p => p.Name == connector);

    private static ConnectorProfile Profile(Uri provider, string node, string name, TimeSpan? grace) => new()
    {
        Name = name,
        DisplayName = name,
        BaseAddress = FieldTemplate.Parse(provider.AbsoluteUri),
        Schemes =
        [
            new OAuth2Scheme
            {
                Name = "oauth2",
                DisplayName = "OAuth 2.0",
                AuthorizationEndpoint = FieldTemplate.Parse($"{provider.AbsoluteUri}auth"),
                TokenEndpoint = FieldTemplate.Parse($"{provider.AbsoluteUri}token"),
                ClientAuthentication = ClientAuthentication.Body,
                RefreshGrace = grace,
                RefreshRequest = new() { Headers = [new("X-Node", CredentialTemplate.Parse(node))] },
            },
        ],
        Probe = new(HttpMethod.Get, FieldTemplate.Parse("api/bare"), null),
    };
}
