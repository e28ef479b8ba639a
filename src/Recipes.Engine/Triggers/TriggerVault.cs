using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Recipes.Connections;
using Secret = Recipes.Connections.Secret;

namespace Recipes.Engine;

/// <summary>Seals what belongs to one trigger alone. Tenant and trigger are in the purpose: a value copied to another row does not open.</summary>
internal sealed class TriggerVault(IDataProtectionProvider protection)
{
    private const int PathBytes = 32;

    /// <summary>A new part of an address that nobody can guess: 256 random bits.</summary>
    public static string NewPath() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(PathBytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static byte[] HashOf(string path) => SHA256.HashData(Encoding.UTF8.GetBytes(path));

    public byte[] Seal(TenantId tenant, TriggerId trigger, Secret secret) => For(tenant, trigger).Protect(Encoding.UTF8.GetBytes(secret.Reveal()));

    /// <exception cref="CryptographicException">When the value was sealed for another row, was changed, or its key is not in the ring.</exception>
    public Secret Open(TenantId tenant, TriggerId trigger, byte[] sealedSecret) => new(Encoding.UTF8.GetString(For(tenant, trigger).Unprotect(sealedSecret)));

    private IDataProtector For(TenantId tenant, TriggerId trigger) => protection.CreateProtector("Recipes.Trigger", tenant.Value, trigger.ToString());
}
