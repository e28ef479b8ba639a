using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recipes.Connections;

namespace Recipes.Storage.Tests;

public sealed class KeyRingTests
{
    private const string Canary = "canary-5f0c2e8a-secret";

    [Fact]
    public async Task A_sealed_value_is_in_no_file_in_plain_and_opens_after_a_restart()
    {
        using var folder = new TempFolder();
        await SealOneAsync(folder);

        foreach (var file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).ShouldNotContain(Canary, customMessage: file);

        await using var after = await TestHost.StartAsync(folder);
        (await OpenAsync(after)).ShouldBe(Canary);
    }

    [Fact]
    public async Task A_lost_key_ring_stops_the_start_and_no_key_is_made()
    {
        using var folder = new TempFolder();
        await SealOneAsync(folder);
        Directory.Delete(folder.File("keys"), recursive: true);

        var refused = await Should.ThrowAsync<StorageStartException>(() => TestHost.StartAsync(folder));

        refused.Message.ShouldContain("Restore that folder");
        refused.Message.ShouldContain(folder.File("keys"));
        Directory.GetFiles(folder.File("keys")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sealed_client_secret_alone_needs_its_key_too()
    {
        using var folder = new TempFolder();
        await using (var host = await TestHost.StartAsync(folder))
            await host.Connections.TryAddAsync(Some.Definition() with { OAuthApp = new("client", Protector(host).Protect(Encoding.UTF8.GetBytes(Canary))) }, default);
        Directory.Delete(folder.File("keys"), recursive: true);

        await Should.ThrowAsync<StorageStartException>(() => TestHost.StartAsync(folder));
    }

    [Fact]
    public async Task The_ring_of_another_installation_stops_the_start()
    {
        using var folder = new TempFolder();
        using var stranger = new TempFolder();
        await SealOneAsync(folder);
        await SealOneAsync(stranger);
        Directory.Delete(folder.File("keys"), recursive: true);
        Directory.Move(stranger.File("keys"), folder.File("keys"));

        var refused = await Should.ThrowAsync<StorageStartException>(() => TestHost.StartAsync(folder));

        refused.Message.ShouldContain("None of the keys");
        Directory.GetFiles(folder.File("keys")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_hosted_start_is_refused_before_data_protection_makes_a_key()
    {
        using var folder = new TempFolder();
        await SealOneAsync(folder);
        Directory.Delete(folder.File("keys"), recursive: true);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddRecipesStorage(new StorageOptions { DataFolder = folder.Path });
        using var host = builder.Build();

        await Should.ThrowAsync<StorageStartException>(() => host.StartAsync());

        Directory.GetFiles(folder.File("keys")).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_empty_folder_gets_its_first_key_without_questions()
    {
        using var folder = new TempFolder();

        await using var host = await TestHost.StartAsync(folder);
        Protector(host).Protect([1]);

        Directory.GetFiles(folder.File("keys")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task With_a_certificate_no_key_is_readable_and_another_certificate_stops_the_start()
    {
        using var folder = new TempFolder();
        using var certificates = new TempFolder();
        var right = Some.Certificate(certificates, "right");
        var wrong = Some.Certificate(certificates, "wrong");
        await SealOneAsync(folder, right);

        var key = await File.ReadAllTextAsync(Directory.GetFiles(folder.File("keys")).Single());
        var refused = await Should.ThrowAsync<StorageStartException>(() => TestHost.StartAsync(folder, wrong));
        var bare = await Should.ThrowAsync<StorageStartException>(() => TestHost.StartAsync(folder));

        key.ShouldContain("encryptedSecret");
        key.ShouldContain("EncryptedData");
        refused.Message.ShouldContain("KeyRing:CertificatePath");
        bare.Message.ShouldContain("KeyRing:CertificatePath");
        Directory.GetFiles(folder.File("keys")).ShouldHaveSingleItem();
        await using var after = await TestHost.StartAsync(folder, right);
        (await OpenAsync(after)).ShouldBe(Canary);
    }

    [Fact]
    public async Task After_a_change_of_certificate_the_former_one_still_opens()
    {
        using var folder = new TempFolder();
        using var certificates = new TempFolder();
        var former = Some.Certificate(certificates, "former");
        await SealOneAsync(folder, former);

        var current = Some.Certificate(certificates, "current");
        current.FormerCertificatePath = former.CertificatePath;
        await using var after = await TestHost.StartAsync(folder, current);

        (await OpenAsync(after)).ShouldBe(Canary);
    }

    [Fact]
    public void A_certificate_that_cannot_be_read_is_named()
    {
        using var folder = new TempFolder();
        var options = Some.Certificate(folder, "locked");
        File.WriteAllText(options.CertificatePasswordFile!, "not the password");

        var refused = Should.Throw<StorageStartException>(() => TestHost.Build(folder.Path, options));

        refused.Message.ShouldContain(options.CertificatePath!);
        refused.Message.ShouldNotContain("not the password");
    }

    private static IDataProtector Protector(TestHost host) => host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("Recipes.Credential", "default", "x");

    private static async Task SealOneAsync(TempFolder folder, KeyRingOptions? keyRing = null)
    {
        await using var host = await TestHost.StartAsync(folder, keyRing);
        var definition = Some.Definition() with { OAuthApp = null };
        await host.Connections.TryAddAsync(definition, default);
        await host.Connections.AddAsync(new(Some.Record(definition) with { SealedCredential = Protector(host).Protect(Encoding.UTF8.GetBytes(Canary)) }), default);
    }

    private static async Task<string> OpenAsync(TestHost host)
    {
        var connection = (await host.Connections.ListAsync(TenantId.Default, new(), default)).Single();
        return Encoding.UTF8.GetString(Protector(host).Unprotect(connection.Record.SealedCredential!));
    }
}
