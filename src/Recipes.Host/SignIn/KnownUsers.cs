using System.Collections.Concurrent;

namespace Recipes.Host;

/// <summary>Users by token and by name, remembered for some seconds, so that a call costs no round trip to the store.</summary>
internal sealed class KnownUsers(IUserStore store, TimeProvider time)
{
    private static readonly TimeSpan s_age = TimeSpan.FromSeconds(5);
    private const int Most = 10_000;

    private volatile ConcurrentDictionary<string, Entry> _entries = new();

    /// <summary>The user whose token that is; null when it is nobody's.</summary>
    public async ValueTask<User?> FindByTokenAsync(string token, CancellationToken cancellationToken)
    {
        if (!TokenText.LooksRight(token) || !System.Text.Ascii.IsValid(token))
            return null;
        return await FindByHashAsync(Convert.ToHexString(TokenText.Hash(token)), cancellationToken);
    }

    /// <summary>The user whose token has that hash, in hexadecimal; null when there is none any more.</summary>
    public ValueTask<User?> FindByHashAsync(string hash, CancellationToken cancellationToken) =>
        RememberedAsync($"t {hash}", () => store.FindByTokenAsync(Convert.FromHexString(hash), cancellationToken));

    public ValueTask<User?> FindAsync(TenantId tenant, UserId id, CancellationToken cancellationToken) =>
        RememberedAsync($"u {tenant} {id}", () => store.FindAsync(tenant, id, cancellationToken));

    /// <summary>A user or a token was made, changed or removed here: nothing read before counts any more.</summary>
    public void Changed() => _entries = new();

    private async ValueTask<User?> RememberedAsync(string key, Func<Task<User?>> look)
    {
        var now = time.GetTimestamp();
        // A look that is under way during a change ends in the dictionary from before, which nobody reads.
        var entries = _entries;
        if (entries.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.At, now) < s_age)
            return entry.User;
        var user = await look();
        // Unknown tokens are not remembered: guesses could fill the memory.
        if (user is null)
        {
            entries.TryRemove(key, out _);
            return null;
        }

        if (entries.Count >= Most)
            entries.Clear();
        entries[key] = new(user, now);
        return user;
    }

    private readonly record struct Entry(User User, long At);
}
