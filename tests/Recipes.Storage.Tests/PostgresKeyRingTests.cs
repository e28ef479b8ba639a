using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recipes.Testing;

namespace Recipes.Storage.Tests;

public sealed class PostgresKeyRingTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private PostgresDatabase _database = null!;

    public async Task InitializeAsync()
    {
        // Where it is missing, the tests are skipped.
        if (new PostgresFactAttribute().Skip is null)
            _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
    }

    public async Task DisposeAsync()
    {
        _folder.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [PostgresFact]
    public async Task Nodes_that_start_at_once_share_one_key_and_open_what_others_sealed()
    {
        var hosts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => StartAsync())));

        var sealedByFirst = Protector(hosts[0]).Protect([1, 2]);

        Protector(hosts[1]).Unprotect(sealedByFirst).ShouldBe([1, 2]);
        (await _database.QueryAsync("SELECT name FROM key_ring")).ShouldHaveSingleItem();
        Directory.Exists(_folder.File("keys")).ShouldBeFalse();
        foreach (var host in hosts)
            await host.DisposeAsync();
    }

    [PostgresFact]
    public async Task A_key_that_one_node_makes_is_known_to_another_at_once()
    {
        using var first = Host();
        using var second = Host();
        await first.StartAsync();
        await second.StartAsync();
        Protector(second.Services).Protect([1]);
        await UntilAsync(() => second.Services.GetRequiredService<PostgresNews>().IsListening);

        var keys = first.Services.GetRequiredService<IKeyManager>();
        keys.RevokeAllKeys(TimeProvider.System.GetUtcNow());
        var made = keys.CreateNewKey(TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddDays(9));

        // Data Protection goes on with what it has while it reads the ring anew.
        await UntilAsync(() => KeyOf(Protector(first.Services).Protect([7])) == made.KeyId);
        // Sealing, unlike opening soon after a start, never looks for keys it does not know.
        await UntilAsync(() => KeyOf(Protector(second.Services).Protect([1])) == made.KeyId);
        Protector(second.Services).Unprotect(Protector(first.Services).Protect([7])).ShouldBe([7]);
        await first.StopAsync();
        await second.StopAsync();
    }

    [PostgresFact]
    public async Task A_node_that_finds_sealed_rows_and_no_key_refuses_to_start_and_makes_none()
    {
        await SealOneAsync();
        await _database.ExecuteAsync("DELETE FROM key_ring");

        var refused = await Should.ThrowAsync<StorageStartException>(() => StartAsync());

        refused.Message.ShouldContain("There is no key in the table key_ring");
        refused.Message.ShouldContain("Restore that table");
        (await _database.QueryAsync("SELECT name FROM key_ring")).ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task Another_certificate_stops_a_node_whether_anything_is_sealed_or_not()
    {
        using var certificates = new TempFolder();
        var (right, wrong) = (Some.Certificate(certificates, "right"), Some.Certificate(certificates, "wrong"));
        await using (await StartAsync(right)) { }

        var nothingSealed = await Should.ThrowAsync<StorageStartException>(() => StartAsync(wrong));
        await SealOneAsync(right);
        var sealedRows = await Should.ThrowAsync<StorageStartException>(() => StartAsync(wrong));
        var bare = await Should.ThrowAsync<StorageStartException>(() => StartAsync());

        foreach (var refused in new[] { nothingSealed, sealedRows, bare })
            refused.Message.ShouldContain("KeyRing:CertificatePath");
        (await _database.QueryAsync("SELECT xml FROM key_ring")).ShouldHaveSingleItem().ShouldContain("encryptedSecret");
        await using var after = await StartAsync(right);
        Protector(after).Unprotect((await after.Connections.ListAsync(Connections.TenantId.Default, new(), default)).Single().Record.SealedCredential!).ShouldBe("sealed"u8.ToArray());
    }

    private async Task SealOneAsync(KeyRingOptions? keyRing = null)
    {
        await using var host = await StartAsync(keyRing);
        var definition = Some.Definition() with { OAuthApp = null };
        await host.Connections.TryAddAsync(definition, default);
        await host.Connections.AddAsync(new(Some.Record(definition) with { SealedCredential = Protector(host).Protect(Encoding.UTF8.GetBytes("sealed")) }), default);
    }

    private Task<TestHost> StartAsync(KeyRingOptions? keyRing = null) => TestHost.StartAsync(TestHost.Build(Options, keyRing));

    private IHost Host()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddRecipesStorage(Options);
        return builder.Build();
    }

    private StorageOptions Options => new() { DataFolder = _folder.Path, Postgres = _database.ConnectionString };

    private static IDataProtector Protector(TestHost host) => Protector(host.Services);

    private static IDataProtector Protector(IServiceProvider services) => services.GetRequiredService<IDataProtectionProvider>().CreateProtector("Recipes.Credential", "default", "x");

    private static Guid KeyOf(byte[] payload) => new(payload.AsSpan(4, 16));

    private static Task UntilAsync(Func<bool> holds) => Waiting.UntilAsync(holds);
}
