using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Storage;

/// <summary>
/// Stops a start whose key ring cannot open what the database holds. Data Protection would make a new ring without a word, and
/// every credential would seem lost one by one.
/// </summary>
internal sealed partial class KeyRingCheck(
    IDbContextFactory<RecipesDatabase> databases, IServiceProvider services, KeyRingPlace place, IOptions<KeyManagementOptions> management, TimeProvider time, ILogger<KeyRingCheck> logger)
{
    // A payload of Data Protection begins with this number and the id of its key.
    private static ReadOnlySpan<byte> Magic => [0x09, 0xF0, 0xC9, 0xF0];
    private const int HeaderLength = 20;

    private const string WrongCertificate = $"the certificate in {KeyRingOptions.Section}:{nameof(KeyRingOptions.CertificatePath)} is not the one that protects them. Configure that certificate.";

    /// <summary>Checks the ring; where nodes share it, makes its first key. Only under the lock of a start.</summary>
    /// <exception cref="StorageStartException">When rows are sealed and no key at hand opens any of them, or there are keys and none can be used.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var sealedWith = await KeysInUseAsync(cancellationToken);
        var isShared = place.Folder is null;
        if (sealedWith.Count == 0 && !isShared)
            return;
        var (usable, locked) = KeysAtHand();
        if (sealedWith.Count > 0 && !sealedWith.Keys.Any(usable.Contains))
        {
            var found = locked.Count > 0
                ? $"{locked.Count} of the keys in {place.Name} cannot be opened: {WrongCertificate}"
                : $"{(usable.Count == 0 ? "There is no key" : "None of the keys they need is")} in {place.Name}. {place.Restore}";
            throw new StorageStartException(
                $"The database holds {sealedWith.Values.Sum()} sealed credentials or client secrets, and no key at hand opens any of them. {found} No new key was made. Needed: {string.Join(", ", sealedWith.Keys.Order())}.");
        }

        foreach (var (key, rows) in sealedWith.Where(s => !usable.Contains(s.Key)))
            LogKeyMissing(key, rows, place.Name);
        if (!isShared || usable.Count > 0)
            return;
        if (locked.Count > 0)
            throw new StorageStartException($"None of the {locked.Count} keys in {place.Name} can be opened: {WrongCertificate} No new key was made.");
        // Here and not with the first secret: of nodes that start at once each would make one.
        var now = time.GetUtcNow();
        Manager.CreateNewKey(now, now + management.Value.NewKeyLifetime);
        if (management.Value.XmlEncryptor is null)
            LogUnprotected(place.Name);
    }

    /// <summary>Which keys the sealed values in the database name, and how many values each.</summary>
    private async Task<Dictionary<Guid, int>> KeysInUseAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var headers = await database.ReadAsync($"""
            SELECT header, count(*) FROM (
                SELECT substr(sealed_credential, 1, {HeaderLength}) AS header FROM connections WHERE sealed_credential IS NOT NULL
                UNION ALL
                SELECT substr(sealed_client_secret, 1, {HeaderLength}) FROM connection_definitions WHERE sealed_client_secret IS NOT NULL
                UNION ALL
                SELECT substr(sealed_client_secret, 1, {HeaderLength}) FROM development_apps WHERE sealed_client_secret IS NOT NULL) AS sealed
            GROUP BY header
            """, row => (Header: row.GetFieldValue<byte[]>(0), Rows: checked((int)row.GetInt64(1))), cancellationToken);
        Dictionary<Guid, int> keys = [];
        foreach (var (header, rows) in headers)
        {
            // What is not Data Protection's own counts as sealed with a key nobody has.
            var key = header.Length == HeaderLength && header.AsSpan().StartsWith(Magic) ? new Guid(header.AsSpan(Magic.Length)) : Guid.Empty;
            keys[key] = keys.GetValueOrDefault(key) + rows;
        }
        return keys;
    }

    /// <summary>Reads the ring without making a key. Asked for late, because resolving it makes its folder.</summary>
    private (HashSet<Guid> Usable, List<Guid> Locked) KeysAtHand()
    {
        HashSet<Guid> usable = [];
        List<Guid> locked = [];
        if (place.IsSurelyEmpty)
            return (usable, locked);
        try
        {
            foreach (var key in Manager.GetAllKeys())
            {
                if (!key.IsRevoked && Opens(key))
                    usable.Add(key.KeyId);
                else
                    locked.Add(key.KeyId);
            }
        }
        catch (Exception e) when (e is System.Xml.XmlException or IOException or UnauthorizedAccessException)
        {
            throw new StorageStartException($"The key ring in {place.Name} cannot be read: {e.Message} {place.Restore}", e);
        }
        return (usable, locked);
    }

    private IKeyManager Manager => (IKeyManager?)services.GetService(typeof(IKeyManager)) ?? throw new InvalidOperationException("Data Protection is not registered.");

    private static bool Opens(IKey key)
    {
        try
        {
            return key.CreateEncryptor() is not null;
        }
        catch (Exception e) when (e is CryptographicException or InvalidOperationException or System.Xml.XmlException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Rows} sealed values need key {Key}, which {Place} does not hold or cannot open: restore it, or those connections have to be authorised again.")]
    private partial void LogKeyMissing(Guid key, int rows, string place);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The keys in {Place} are readable to whoever can read the database, and so is what they seal: set KeyRing:CertificatePath")]
    private partial void LogUnprotected(string place);
}
