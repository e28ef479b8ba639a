using System.Security.Cryptography;

namespace Recipes.Connections;

/// <summary>For whom tokens are asked for: a definition, its scheme and what is known of the connection.</summary>
/// <param name="Fields">Plain fields, presets included.</param>
/// <param name="Credential">What the connection holds already; empty where it holds nothing.</param>
internal sealed record OAuth1Account(
    ConnectionDefinition Definition, ConnectorProfile Connector, OAuth1Scheme Scheme, IReadOnlyDictionary<string, string> Fields, Credential Credential)
{
    /// <summary>Those of the fields that the connection itself has.</summary>
    public IReadOnlyDictionary<string, string> OwnFields { get; init; } = new Dictionary<string, string>();

    /// <summary>The account of a connection as it is stored; a credential that cannot be opened counts as none.</summary>
    public static OAuth1Account Of(Connection connection, ConnectionDefinition definition, ConnectorProfile connector, OAuth1Scheme scheme, CredentialVault vault)
    {
        var credential = new Credential();
        try
        {
            if (connection.Record.SealedCredential is { } sealedCredential)
                credential = vault.Open(connection.Tenant, connection.Id, sealedCredential);
        }
        catch (CryptographicException)
        {
            // A new consent brings a new one.
        }

        return new(definition, connector, scheme, FieldValues.Merge(connector, scheme, definition, connection.Record.Fields), credential) { OwnFields = connection.Record.Fields };
    }
}
