using System.Security.Cryptography;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>A consumer at the provider, a definition with it, and what tests do with them.</summary>
internal sealed class OAuth1World(ConnectionsHarness harness, OAuth1Provider provider, string consumer, string key) : IAsyncDisposable
{
    public ConnectionsHarness Harness => harness;
    public string Consumer => consumer;

    public static async Task<OAuth1World> StartAsync(OAuth1Provider provider, OAuth1Flow flow = OAuth1Flow.ThreeLegged, Func<OAuth1Scheme, OAuth1Scheme>? change = null, TimeProvider? clock = null, TimeSpan? timeout = null)
    {
        var harness = await ConnectionsHarness.StartAsync(provider, clock, timeout, change);
        var scheme = harness.Get<IConnectorProfiles>().Find("oauth1")!.FindScheme(flow.ToString().ToLowerInvariant()).ShouldBeOfType<OAuth1Scheme>();
        var (consumer, key) = ($"consumer-{Guid.NewGuid():N}", $"photos-{Guid.NewGuid():N}");
        // With characters that are hard to encode, but where oauthlib decodes a PLAINTEXT signature twice: in a query or a form.
        var hard = scheme is { SignatureMethod: OAuth1SignatureMethod.PlainText, ParametersIn: not OAuth1ParameterLocation.Header } ? "" : " %+&/=é";
        var secret = $"{harness.NewSecret("consumer secret")}{hard}";
        if (scheme.UsesPrivateKey)
        {
            using var rsa = RSA.Create(2048);
            secret = harness.Watch("private key", rsa.ExportPkcs8PrivateKeyPem());
            await provider.SetClientAsync(consumer, null, rsa.ExportSubjectPublicKeyInfoPem());
        }
        else
        {
            await provider.SetClientAsync(consumer, secret);
        }

        if (scheme.NeedsClient)
            await harness.DefineAsync(key, "oauth1", scheme.Name, clientId: consumer, clientSecret: secret);
        return new(harness, provider, consumer, key);
    }

    public Task<ConnectionId> PendingAsync() => harness.ConnectAsync(key, []);

    public Task<ConnectionId> ConnectAsync(Dictionary<string, string> fields) => harness.ConnectAsync(key, fields);

    /// <summary>A connection that alice consented to.</summary>
    public async Task<ConnectionId> ConsentAsync()
    {
        var id = await PendingAsync();
        (await harness.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>().Connection.ShouldBe(id);
        return id;
    }

    public async Task<ConnectionId> UsedAsync()
    {
        var id = await ConsentAsync();
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        return id;
    }

    public async Task<string> TokenAsync(ConnectionId id) => (await harness.CredentialAsync(id)).Tokens!.AccessToken.Reveal();

    public async Task RotateSecretAsync() => await provider.SetClientAsync(consumer, harness.NewSecret("rotated consumer secret"));

    public async Task<FailureKind?> ClientFailureAsync(ConnectionId id) => (await harness.DefinitionOfAsync(id)).ClientFailure?.Kind;

    /// <summary>Starts a flow and shows what the provider said to that.</summary>
    public async Task<FlowStart> StartAsync(ConnectionId id, string? callback = null)
    {
        var connection = await harness.ReadAsync(id);
        var connector = harness.Get<IConnectorProfiles>().Find("oauth1")!;
        var scheme = (OAuth1Scheme)connector.FindScheme("threelegged")!;
        return await harness.Get<OAuth1Flows>().StartAsync(
            ConnectionsHarness.Operator, connection, await harness.DefinitionOfAsync(id), connector, scheme, callback is null ? ConnectionsHarness.Callback(key) : new Uri(callback), FlowReturn.None, acceptsOtherAccount: false, CancellationToken.None);
    }

    /// <summary>The consumer secret that the definition holds.</summary>
    public async Task<string> SecretAsync(ConnectionId id)
    {
        var definition = await harness.DefinitionOfAsync(id);
        return harness.Vault.OpenClientSecret(definition.Tenant, definition.Id, definition.OAuthApp!.SealedClientSecret!).Reveal();
    }

    /// <summary>Exchanges what a callback brought for a token, and keeps none of it.</summary>
    public async Task ExchangeAsync(ConnectionId id, FlowCallback callback)
    {
        var connection = await harness.ReadAsync(id);
        var connector = harness.Get<IConnectorProfiles>().Find("oauth1")!;
        var account = OAuth1Account.Of(connection, await harness.DefinitionOfAsync(id), connector, (OAuth1Scheme)connector.FindScheme("threelegged")!, harness.Vault);
        var flow = (await harness.Get<IAuthorizationFlowStore>().FindAsync(AuthorizationFlows.Hash(callback.State!), CancellationToken.None)).ShouldNotBeNull();
        var secret = new Secret(harness.Vault.OpenVerifier(connection.Tenant, id, flow.SealedVerifier!));
        (await harness.Get<OAuth1Endpoint>().ExchangeAsync(account, new Secret(callback.State!), secret, new Secret(callback.Parameters["oauth_verifier"]), CancellationToken.None))
            .ShouldBeOfType<OAuth1Reply.Granted>();
    }

    public ValueTask DisposeAsync() => harness.DisposeAsync();
}
