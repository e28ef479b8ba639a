using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Recipes.Storage;

/// <summary>Whether the store can be used now.</summary>
/// <param name="IsReachable">Whether the database answers a question.</param>
/// <param name="IsKeyRingUsable">Whether something can be sealed and opened again.</param>
/// <param name="HearsOthers">Whether changes of other nodes are heard of at once; null where there are no others.</param>
public sealed record StorageState(bool IsReachable, bool IsKeyRingUsable, bool? HearsOthers);

/// <summary>Looks whether the store can be used.</summary>
public sealed class StorageHealth
{
    private readonly IDbContextFactory<RecipesDatabase> _databases;
    private readonly IDataProtectionProvider _protection;
    private readonly PostgresNews? _news;

    internal StorageHealth(IDbContextFactory<RecipesDatabase> databases, IDataProtectionProvider protection, PostgresNews? news) => (_databases, _protection, _news) = (databases, protection, news);

    /// <summary>Takes as long as the database takes for one row; what is cancelled counts as not to be had.</summary>
    public async Task<StorageState> LookAsync(CancellationToken cancellationToken) =>
        new(await IsReachableAsync(cancellationToken), await IsKeyRingUsableAsync(cancellationToken), _news?.IsListening);

    private async Task<bool> IsReachableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var database = await _databases.CreateDbContextAsync(cancellationToken);
            await database.ReadAsync("SELECT 1 FROM users LIMIT 1", _ => true, cancellationToken);
            return true;
        }
        catch (Exception)
        {
            // Whatever it is (EF Core wraps some): that is the answer.
            return false;
        }
    }

    private async Task<bool> IsKeyRingUsableAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A ring that has to be read anew is read without await.
            return await Task.Run(SealAndOpen, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception)
        {
            return false;
        }
    }

    private bool SealAndOpen()
    {
        var protector = _protection.CreateProtector("Recipes.Health");
        return protector.Unprotect(protector.Protect([1])) is [1];
    }
}
