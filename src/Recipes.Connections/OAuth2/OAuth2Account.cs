namespace Recipes.Connections;

/// <summary>On whose behalf an endpoint of OAuth 2.0 is asked: a connection's definition, client, fields and credential. Lives in memory only.</summary>
internal sealed record OAuth2Account
{
    public required ConnectionDefinition Definition { get; init; }
    public required ConnectorProfile Connector { get; init; }
    public required OAuth2Scheme Scheme { get; init; }

    /// <summary>Plain fields: presets, the connection's own, defaults.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }
    /// <summary>Those of the fields that the connection itself has.</summary>
    public IReadOnlyDictionary<string, string> OwnFields { get; init; } = new Dictionary<string, string>();
    public Credential Credential { get; init; } = new();

    /// <summary>The account's own client or the definition's; null when there is none.</summary>
    public OAuthClient? Client { get; init; }
    public required TimeProvider Time { get; init; }

    /// <summary>Whether the account brought the client, so that a refused one is its own fault.</summary>
    public bool OwnsClient => Scheme.ClientIdField is not null;

    /// <summary>The scopes to ask for: the definition's, else the scheme's, and always those that the provider requires.</summary>
    public IReadOnlyList<string> Scopes => Definition.Scopes.Count == 0
        ? Scheme.Scopes
        : [.. Definition.Scopes, .. Scheme.ScopeChoices.Where(s => s.Required && !Definition.Scopes.Contains(s.Name)).Select(s => s.Name)];

    public static OAuth2Account Of(
        ConnectionDefinition definition, ConnectorProfile connector, OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, Credential? credential, CredentialVault vault, TimeProvider time) => new()
        {
            Definition = definition,
            Connector = connector,
            Scheme = scheme,
            Fields = fields,
            Credential = credential ?? new(),
            Client = OAuthClients.Of(definition, scheme, fields, credential, vault),
            Time = time,
        };

    /// <summary>What the templates of one request may read.</summary>
    public CredentialScope NewScope() => new(new SchemeInputs { Fields = Fields, Credential = Credential, Client = Client, BaseAddress = SnapshotLoader.Nowhere, Time = Time });
}
