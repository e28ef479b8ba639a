using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Recipes.Storage;

public static class KeyRingServices
{
    /// <summary>Keeps Data Protection's key ring in the folder <c>keys</c> of the data folder, protected by a certificate when one is configured.</summary>
    /// <exception cref="StorageStartException">When a configured certificate cannot be used.</exception>
    public static IServiceCollection AddRecipesKeyRing(this IServiceCollection services, string dataFolder, KeyRingOptions? options = null)
    {
        services.AddRing(options).PersistKeysToFileSystem(new(Path.Combine(Path.GetFullPath(dataFolder), "keys")));
        return services;
    }

    /// <summary>Keeps Data Protection's key ring in the PostgreSQL that nodes share, protected by a certificate when one is configured.</summary>
    /// <exception cref="StorageStartException">When a configured certificate cannot be used.</exception>
    internal static IServiceCollection AddSharedKeyRing(this IServiceCollection services, KeyRingOptions? options)
    {
        services.AddRing(options);
        services.AddSingleton<PostgresKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<PostgresKeys>((management, keys) => management.XmlRepository = keys);
        services.TryAddSingleton(s => new SharedKeyManager(ActivatorUtilities.CreateInstance<XmlKeyManager>(s)));
        services.Replace(ServiceDescriptor.Singleton<IKeyManager>(s => s.GetRequiredService<SharedKeyManager>()));
        return services;
    }

    private static IDataProtectionBuilder AddRing(this IServiceCollection services, KeyRingOptions? options)
    {
        var ring = services.AddDataProtection().SetApplicationName("recipes");
        if (options?.CertificatePath is { Length: > 0 } path)
            ring.ProtectKeysWithCertificate(Load(path, options.CertificatePasswordFile));
        if (options?.FormerCertificatePath is { Length: > 0 } former)
            ring.UnprotectKeysWithAnyCertificate(Load(former, options.CertificatePasswordFile));
        return ring;
    }

    private static X509Certificate2 Load(string path, string? passwordFile)
    {
        try
        {
            var password = string.IsNullOrEmpty(passwordFile) ? null : File.ReadLines(passwordFile).FirstOrDefault();
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(path, password);
            if (certificate.HasPrivateKey)
                return certificate;
            certificate.Dispose();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StorageStartException($"The key ring's certificate {path} cannot be read: {e.Message} See {KeyRingOptions.Section}:{nameof(KeyRingOptions.CertificatePath)} and {nameof(KeyRingOptions.CertificatePasswordFile)}.", e);
        }
        throw new StorageStartException($"The key ring's certificate {path} has no private key; it could seal keys and never open them. Export it with its key.");
    }
}
