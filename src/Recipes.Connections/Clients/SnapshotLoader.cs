using System.Security.Cryptography;

namespace Recipes.Connections;

/// <summary>Reads a connection with its definition and connector, and opens its credential.</summary>
internal sealed class SnapshotLoader(IConnectionStore store, CredentialVault vault, IConnectorProfiles connectors, EgressGuard guard, TimeProvider time)
{
    // Stands in where the fields make no address; such a connection has a fault and sends nothing.
    private static readonly Uri s_nowhere = new("https://nowhere.invalid/");
    private static readonly TimeSpan s_longestMargin = TimeSpan.FromMinutes(5);

    /// <returns>Null when there is no such connection.</returns>
    public async Task<ConnectionSnapshot?> LoadAsync(ConnectionId id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } connection ? await LoadAsync(connection, cancellationToken) : null;

    /// <exception cref="InvalidOperationException">When the definition is gone, or its connector was removed.</exception>
    public async Task<ConnectionSnapshot> LoadAsync(Connection connection, CancellationToken cancellationToken)
    {
        var record = connection.Record;
        var definition = await store.FindDefinitionAsync(record.DefinitionId, cancellationToken)
            ?? throw new InvalidOperationException($"Connection {record.Id} has no definition.");
        var connector = connectors.Find(definition.Connector);
        var scheme = connector?.FindScheme(definition.Scheme);
        if (connector is null || scheme is null)
            throw new InvalidOperationException($"The connection definition '{definition.Key}' uses connector '{definition.Connector}', scheme '{definition.Scheme}', which is not loaded. Put its connector file back.");

        var fields = FieldValues.Merge(connector, scheme, definition, record.Fields);
        Credential? credential = null;
        RequestAuthenticator? authenticator = null;
        string? fault = null;
        var invoker = guard.Invoker;
        var baseAddress = s_nowhere;
        try
        {
            baseAddress = BaseAddress(connector, fields);
            credential = record.SealedCredential is { } sealedCredential ? vault.Open(record.Tenant, record.Id, sealedCredential) : null;
            if (credential is not null && scheme.ClientCertificate is { } certificate)
                invoker = guard.InvokerFor(ClientCertificates.Load(certificate, credential, time));
            authenticator = credential is null || (credential.Tokens is null && scheme.AcquiresTokens) ? null : Authenticators.Create(scheme, new SchemeInputs
            {
                Fields = fields,
                Credential = credential,
                Client = OAuthClients.Of(definition, scheme, fields, credential, vault),
                BaseAddress = baseAddress,
                Time = time,
            });
            fault = credential is null ? "it has no credential." : null;
        }
        catch (CryptographicException)
        {
            fault = "its credential cannot be opened with this key ring. Restore the keys it was sealed with, or connect it again.";
        }
        catch (FormatException e)
        {
            fault = e.Message;
        }

        return new ConnectionSnapshot
        {
            Record = record,
            Definition = definition,
            Connector = connector,
            Scheme = scheme,
            Fields = fields,
            BaseAddress = baseAddress,
            AddressFault = guard.Check(baseAddress),
            Credential = credential,
            Authenticator = authenticator,
            Fault = fault,
            Invoker = invoker,
            RefreshAt = credential is { Tokens: null } && scheme.AcquiresTokens ? DateTimeOffset.MinValue : RefreshAt(scheme, credential),
        };
    }

    internal static Uri BaseAddress(ConnectorProfile connector, IReadOnlyDictionary<string, string> fields)
    {
        var text = connector.BaseAddress.Render(fields);
        return new Uri(text.EndsWith('/') ? text : $"{text}/", UriKind.Absolute);
    }

    // The smaller of five minutes and a third of the life before the end.
    private static DateTimeOffset? RefreshAt(AuthScheme scheme, Credential? credential)
    {
        if (credential?.Tokens is not { ExpiresAt: { } expires } tokens || !scheme.CanRenew(credential))
            return null;
        var margin = tokens.LifeSpan / 3 is { } third && third < s_longestMargin ? third : s_longestMargin;
        return expires - margin;
    }
}
