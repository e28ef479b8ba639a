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
    IDbContextFactory<RecipesDatabase> databases, IServiceProvider services, IOptions<StorageOptions> options, ILogger<KeyRingCheck> logger)
{
    // A payload of Data Protection begins with this number and the id of its key.
    private static ReadOnlySpan<byte> Magic => [0x09, 0xF0, 0xC9, 0xF0];
    private const int HeaderLength = 20;

    /// <exception cref="StorageStartException">When rows are sealed and no key at hand opens any of them.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var sealedWith = await KeysInUseAsync(cancellationToken);
        if (sealedWith.Count == 0)
            return;
        var folder = options.Value.KeysFolder;
        var (usable, locked) = KeysAtHand(folder);
        if (!sealedWith.Keys.Any(usable.Contains))
        {
            var found = locked.Count > 0
                ? $"{locked.Count} of the keys in {folder} cannot be opened: the certificate in {KeyRingOptions.Section}:{nameof(KeyRingOptions.CertificatePath)} is not the one that protects them. Configure that certificate."
                : $"{(usable.Count == 0 ? "There is no key" : "None of the keys they need is")} in {folder}. Restore that folder from the backup that belongs to this database.";
            throw new StorageStartException(
                $"The database holds {sealedWith.Values.Sum()} sealed credentials or client secrets, and no key at hand opens any of them. {found} No new key was made. Needed: {string.Join(", ", sealedWith.Keys.Order())}.");
        }
        foreach (var (key, rows) in sealedWith.Where(s => !usable.Contains(s.Key)))
            LogKeyMissing(key, rows, folder);
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
    private (HashSet<Guid> Usable, List<Guid> Locked) KeysAtHand(string folder)
    {
        HashSet<Guid> usable = [];
        List<Guid> locked = [];
        if (!Directory.EnumerateFiles(folder, "key-*.xml").Any())
            return (usable, locked);
        try
        {
            var manager = (IKeyManager?)services.GetService(typeof(IKeyManager)) ?? throw new InvalidOperationException("Data Protection is not registered.");
            foreach (var key in manager.GetAllKeys())
            {
                if (!key.IsRevoked && Opens(key))
                    usable.Add(key.KeyId);
                else
                    locked.Add(key.KeyId);
            }
        }
        catch (Exception e) when (e is System.Xml.XmlException or IOException or UnauthorizedAccessException)
        {
            throw new StorageStartException($"The key ring in {folder} cannot be read: {e.Message} Restore that folder from a backup.", e);
        }
        return (usable, locked);
    }

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

    [LoggerMessage(Level = LogLevel.Error, Message = "{Rows} sealed values need key {Key}, which {Folder} does not hold or cannot open: restore it, or those connections have to be authorised again.")]
    private partial void LogKeyMissing(Guid key, int rows, string folder);
}
