using System.Security.Cryptography;

namespace Recipes.Connections;

/// <summary>Reads a connection with its definition and connector, and opens its credential.</summary>
internal sealed class SnapshotLoader(IConnectionStore store, CredentialVault vault, IConnectorProfiles connectors, EgressGuard guard, TimeProvider time)
{
    // Stands in where the fields make no address; such a connection has a fault and sends nothing.
    internal static Uri Nowhere { get; } = new("https://nowhere.invalid/");

    private static readonly TimeSpan s_longestMargin = TimeSpan.FromMinutes(5);

    /// <returns>Null when there is no such connection.</returns>
    public async Task<ConnectionSnapshot?> LoadAsync(ConnectionId id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } connection ? await LoadAsync(connection, cancellationToken) : null;

    /// <exception cref="InvalidOperationException">When the definition is gone.</exception>
    /// <exception cref="ConnectorGoneException">When its connector was removed.</exception>
    public async Task<ConnectionSnapshot> LoadAsync(Connection connection, CancellationToken cancellationToken)
    {
        var record = connection.Record;
        var definition = await store.FindDefinitionAsync(record.DefinitionId, cancellationToken)
            ?? throw new InvalidOperationException($"Connection {record.Id} has no definition.");
        var connector = connectors.Find(definition.Connector);
        var scheme = connector?.FindScheme(definition.Scheme);
        if (connector is null || scheme is null)
            throw new ConnectorGoneException($"The connection definition '{definition.Key}' uses connector '{definition.Connector}', scheme '{definition.Scheme}', which is not loaded. Put its connector file back.");

        var fields = FieldValues.Merge(connector, scheme, definition, record.Fields);
        Credential? credential = null;
        OAuth2Account? account = null;
        RequestAuthenticator? authenticator = null;
        string? fault = null;
        var invoker = guard.Invoker;
        DateTimeOffset? certificateEnd = null;
        var (baseAddress, isOutdated) = (Nowhere, false);
        try
        {
            credential = record.SealedCredential is { } sealedCredential ? vault.Open(record.Tenant, record.Id, sealedCredential) : null;
            if (credential is not null && scheme.ClientCertificate is { } fieldsOfIt)
            {
                var certificate = ClientCertificates.Load(fieldsOfIt, credential, time);
                (invoker, certificateEnd) = (guard.InvokerFor(certificate), certificate.EndsAt);
            }

            account = scheme is OAuth2Scheme oauth ? OAuth2Account.Of(definition, connector, oauth, fields, credential, vault, time) : null;
            isOutdated = account is not null && HasOutdatedToken(account);
            var needsToken = credential is not null && scheme.AcquiresTokens && (credential.Tokens is null || isOutdated);
            // Where requests go may have to be found out first, by the token reply or a call after connecting: the credential is there all the same.
            var unknown = connector.BaseAddress.Fields.FirstOrDefault(f => connector.IsCaptured(scheme, f) && !fields.ContainsKey(f));
            if (unknown is null)
                baseAddress = BaseAddress(connector, fields);
            fault = credential is null ? "it has no credential."
                : unknown is not null && !needsToken ? $"'{unknown}', which its address is made of, is not known yet. Test the connection to look for it again."
                : null;
            authenticator = credential is null || needsToken ? null : Authenticators.Create(scheme, new SchemeInputs
            {
                Fields = fields,
                Credential = credential,
                Client = account is not null ? account.Client : OAuthClients.Of(definition, scheme, fields, credential, vault),
                BaseAddress = baseAddress,
                Time = time,
            });
            if (definition is { UsesDevelopmentApp: true, OAuthApp: null })
                (authenticator, fault) = (null, $"its definition is build-only, and the development app of {connector.DisplayName} is not to be had here. Set up an OAuth client of your own and give it to the definition.");
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
            OAuth2Account = account,
            HasOutdatedToken = isOutdated,
            Authenticator = authenticator,
            Fault = fault,
            CertificateEndsAt = certificateEnd,
            Invoker = invoker,
            RefreshAt = scheme.AcquiresTokens && (isOutdated || credential is { Tokens: null }) ? DateTimeOffset.MinValue : RefreshAt(scheme, credential),
        };
    }

    internal static Uri BaseAddress(ConnectorProfile connector, IReadOnlyDictionary<string, string> fields)
    {
        var text = connector.BaseAddress.Render(fields);
        return new Uri(text.EndsWith('/') ? text : $"{text}/", UriKind.Absolute);
    }

    // Only tokens that were acquired with a request of ours know what they were asked for with.
    private static bool HasOutdatedToken(OAuth2Account account)
    {
        try
        {
            return account is { Scheme.AcquiresTokens: true, Credential.Tokens.RequestHash: { } hash } && TokenRequestHash.Of(account) != hash;
        }
        catch (CryptographicException)
        {
            // The client secret cannot be opened now; the token lives on, and renewing it will say so.
            return false;
        }
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
