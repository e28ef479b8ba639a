using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Client certificates against an nginx that asks for them.</summary>
public sealed class ClientCertificateTests
{
    private const string Scheme = """
        - type: custom
          fields: [{ name: certificate, label: Certificate, kind: secret, multiline: true }, { name: key, label: Key, kind: secret, multiline: true }]
          clientCertificate: { certificateField: certificate, keyField: key }
        - type: none
        - name: in-one
          type: custom
          fields: [{ name: pem, label: Certificate and key, kind: secret, multiline: true }]
          clientCertificate: { certificateField: pem }
        """;

    [NginxFact]
    public async Task Each_connection_is_known_by_its_own_certificate()
    {
        await using var nginx = await NginxMutualTlsServer.StartAsync();
        await using var harness = await StartAsync(nginx);
        var alice = await ConnectAsync(harness, nginx.Issue("alice"));
        var bob = await ConnectAsync(harness, nginx.Issue("bob"));

        var texts = new List<string>();
        foreach (var id in (ConnectionId[])[alice, bob, alice])
            texts.Add(await (await harness.SendAsync(id, "me")).Response!.Content.ReadAsStringAsync());

        texts.ShouldBe(["""{"client":"CN=alice"}""", """{"client":"CN=bob"}""", """{"client":"CN=alice"}"""]);
    }

    [NginxFact]
    public async Task Certificate_and_key_may_be_in_one_field_on_one_line()
    {
        await using var nginx = await NginxMutualTlsServer.StartAsync();
        await using var harness = await StartAsync(nginx);
        var (certificate, key) = nginx.Issue("carol");
        await harness.DefineAsync("k", "app", "in-one");
        var id = await harness.ConnectAsync("k", new() { ["pem"] = $"{key}\n{certificate}".Replace("\n", "\\n", StringComparison.Ordinal) });

        var reply = await harness.SendAsync(id, "me");

        (await reply.Response!.Content.ReadAsStringAsync()).ShouldBe("""{"client":"CN=carol"}""");
    }

    [NginxFact]
    public async Task A_certificate_of_another_authority_is_refused_and_makes_a_suspect()
    {
        await using var nginx = await NginxMutualTlsServer.StartAsync();
        await using var harness = await StartAsync(nginx);
        var id = await ConnectAsync(harness, nginx.Issue("mallory", isForeign: true));

        var reply = await harness.SendAsync(id, "me");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Suspect);
    }

    [NginxFact]
    public async Task An_app_that_wants_a_certificate_and_gets_none_means_a_wrong_set_up()
    {
        await using var nginx = await NginxMutualTlsServer.StartAsync();
        await using var harness = await StartAsync(nginx);
        await harness.DefineAsync("k", "app", "none");
        var id = await harness.ConnectAsync("k", []);

        var reply = await harness.SendAsync(id, "me");

        reply.Failure!.Kind.ShouldBe(FailureKind.Misconfigured);
        reply.Failure.ProviderWords!.ShouldContain("No required SSL certificate was sent");
    }

    [NginxTheory]
    [InlineData("expired", "The client certificate ended on ")]
    [InlineData("mismatched", "does not belong to the certificate")]
    [InlineData("no certificate", "holds no certificate")]
    [InlineData("no key", "holds no private key")]
    [InlineData("protected", "protected by a password")]
    public async Task What_cannot_work_is_told_at_set_up(string what, string because)
    {
        await using var nginx = await NginxMutualTlsServer.StartAsync();
        await using var harness = await StartAsync(nginx);
        var (certificate, key) = nginx.Issue("alice", what == "expired" ? TimeSpan.FromDays(-1) : null);
        if (what == "mismatched")
            key = nginx.Issue("alice").Key;
        if (what == "no certificate")
            certificate = key;
        if (what == "no key")
            key = certificate;
        if (what == "protected")
        {
            using var made = ECDsa.Create();
            key = made.ExportEncryptedPkcs8PrivateKeyPem("a password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        }

        await harness.DefineAsync("k", "app", "custom");
        var result = await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new()
        {
            DefinitionKey = "k",
            Owner = Owner.Organisation,
            Fields = new Dictionary<string, Secret> { ["certificate"] = new(certificate), ["key"] = new(harness.Watch("key", key)) },
        }, CancellationToken.None);

        var fault = result.ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.Single();
        fault.Message.ShouldContain(because);
        harness.Shown(fault.ToString());
    }

    [NginxFact]
    public async Task Pools_that_were_not_used_for_a_while_are_closed()
    {
        await using var nginx = await NginxMutualTlsServer.StartAsync();
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        using var pools = new CertificatePools(_ => new SocketsHttpHandler(), clock);
        for (var i = 0; i < CertificatePools.Many; i++)
            pools.Get(Load(nginx.Issue($"client-{i}"), clock));

        clock.Advance(TimeSpan.FromMinutes(16));
        pools.Get(Load(nginx.Issue("one more"), clock));

        pools.Count.ShouldBe(1);
    }

    [NginxFact]
    public async Task A_server_is_trusted_only_by_the_authorities_that_an_operator_named()
    {
        await using var nginx = await NginxMutualTlsServer.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(nginx.BaseAddress, Scheme), [nginx.BaseAddress.Authority]);
        var id = await ConnectAsync(harness, nginx.Issue("alice"));

        var reply = await harness.SendAsync(id, "me");

        reply.Failure!.Kind.ShouldBe(FailureKind.Misconfigured);
        reply.Failure.Message.ShouldContain("its TLS certificate was refused");
    }

    [NginxFact]
    public async Task An_authority_of_the_operator_excuses_neither_an_expired_certificate_nor_a_wrong_name()
    {
        await using var nginx = await NginxTlsServer.StartAsync();
        using var guard = new EgressGuard(Options.Create(new EgressOptions { Allow = { "127.0.0.1" }, Authorities = { nginx.AuthorityFile } }));
        async Task<int> GetAsync(Uri address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            using var answer = await guard.Invoker.SendAsync(request, CancellationToken.None);
            return (int)answer.StatusCode;
        }

        (await GetAsync(nginx.Good)).ShouldBe(200);
        await Should.ThrowAsync<HttpRequestException>(() => GetAsync(nginx.Expired));
        await Should.ThrowAsync<HttpRequestException>(() => GetAsync(nginx.WrongName));
    }

    private static ClientCertificate Load((string Certificate, string Key) pem, TimeProvider time) => ClientCertificates.Load(
        new("certificate", "key"), new Credential { Secrets = new Dictionary<string, Secret> { ["certificate"] = new(pem.Certificate), ["key"] = new(pem.Key) } }, time);

    private static Task<ConnectionsHarness> StartAsync(NginxMutualTlsServer nginx) =>
        ConnectionsHarness.StartAsync(ConnectorText.Load(nginx.BaseAddress, Scheme), [nginx.BaseAddress.Authority], more: ("Egress:Authorities:0", nginx.AuthorityFile));

    private static async Task<ConnectionId> ConnectAsync(ConnectionsHarness harness, (string Certificate, string Key) pem)
    {
        var key = $"k-{Guid.NewGuid():N}";
        await harness.DefineAsync(key, "app", "custom");
        return await harness.ConnectAsync(key, new() { ["certificate"] = pem.Certificate, ["key"] = harness.Watch("private key", pem.Key) });
    }
}
