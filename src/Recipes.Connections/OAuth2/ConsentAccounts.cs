using System.Security.Cryptography;

namespace Recipes.Connections;

/// <summary>Puts together on whose behalf consent is asked for.</summary>
internal sealed class ConsentAccounts(IConnectionStore store, IConnectorProfiles connectors, CredentialVault vault, TimeProvider time)
{
    /// <exception cref="InvalidOperationException">When the connection's scheme does not take this way, or it lacks an OAuth client or connector.</exception>
    public async Task<OAuth2Account> OfAsync(Connection connection, OAuth2Grant grant, CancellationToken cancellationToken)
    {
        var definition = await store.FindDefinitionAsync(connection.DefinitionId, cancellationToken) ?? throw new InvalidOperationException("The connection has no definition.");
        return Find(connection, definition) is { Client: not null } account && account.Scheme.Grant == grant
            ? account
            : throw new InvalidOperationException($"The connection definition '{definition.Key}' has no OAuth client to start a consent with.");
    }

    /// <summary>Null when the connector is gone, or the scheme is another by now.</summary>
    public OAuth2Account? Find(Connection connection, ConnectionDefinition definition)
    {
        if (connectors.Find(definition.Connector) is not { } connector || connector.FindScheme(definition.Scheme) is not OAuth2Scheme scheme)
            return null;
        var fields = FieldValues.Merge(connector, scheme, definition, connection.Record.Fields);
        return OAuth2Account.Of(definition, connector, scheme, fields, Open(connection), vault, time) with { OwnFields = connection.Record.Fields };
    }

    /// <summary>Null when there is none, or none that can be opened: consent brings a new one.</summary>
    public Credential? Open(Connection connection)
    {
        try
        {
            return connection.Record.SealedCredential is { } sealedCredential ? vault.Open(connection.Tenant, connection.Id, sealedCredential) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
