namespace Recipes.Connections;

/// <summary>Finds the client that a connection authenticates with at its provider.</summary>
internal static class OAuthClients
{
    /// <summary>The account's own client where the scheme has fields for it, else the definition's; null when there is none.</summary>
    public static OAuthClient? Of(ConnectionDefinition definition, AuthScheme scheme, IReadOnlyDictionary<string, string> fields, Credential? credential, CredentialVault vault)
    {
        var (idField, secretField) = scheme switch
        {
            OAuth2Scheme oauth => (oauth.ClientIdField, oauth.ClientSecretField),
            OAuth1Scheme oauth => (oauth.ConsumerKeyField, oauth.ConsumerSecretField),
            _ => (null, null),
        };
        if (idField is not null)
        {
            var id = credential?.Secrets.GetValueOrDefault(idField)?.Reveal() ?? fields.GetValueOrDefault(idField);
            return id is null ? null : new OAuthClient(id, secretField is not null ? credential?.Secrets.GetValueOrDefault(secretField) : null);
        }

        return definition.OAuthApp is not { } app ? null
            : new OAuthClient(app.ClientId, () => vault.OpenClientSecret(definition));
    }
}
