using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>Users and the hashes of their API tokens in the database.</summary>
internal sealed class UserStore(IDbContextFactory<RecipesDatabase> databases) : IUserStore
{
    public async Task<bool> TryAddAsync(User user, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(UserRow.Of(user));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException e) when (database.IsDuplicate(e))
        {
            return false;
        }
    }

    public async Task<User?> FindAsync(TenantId tenant, UserId id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await database.Users.FirstOrDefaultAsync(r => r.Tenant == tenant.Value && r.Id == id.Value, cancellationToken);
        return row?.ToUser();
    }

    public async Task<bool> TryChangeAsync(TenantId tenant, UserId id, string displayName, string? email, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Users.Where(r => r.Tenant == tenant.Value && r.Id == id.Value)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.DisplayName, displayName).SetProperty(r => r.Email, email), cancellationToken) > 0;
    }

    public async Task<IReadOnlyList<User>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await database.Users.Where(r => r.Tenant == tenant.Value).OrderBy(r => r.Id).ToListAsync(cancellationToken);
        return [.. rows.Select(r => r.ToUser())];
    }

    public async Task AddAsync(ApiToken token, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(ApiTokenRow.Of(token));
        await database.SaveChangesAsync(cancellationToken);
    }

    public async Task<User?> FindByTokenAsync(byte[] hash, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await (
            from token in database.ApiTokens
            join user in database.Users on new { token.Tenant, Id = token.User } equals new { user.Tenant, user.Id }
            where token.Hash == hash
            select user).FirstOrDefaultAsync(cancellationToken);
        return row?.ToUser();
    }

    public async Task<IReadOnlyList<ApiToken>> ListTokensAsync(TenantId tenant, UserId user, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await database.ApiTokens.Where(r => r.Tenant == tenant.Value && r.User == user.Value).ToListAsync(cancellationToken);
        return [.. rows.OrderBy(r => r.CreatedAt).ThenBy(r => r.Id).Select(r => r.ToToken())];
    }

    public async Task<bool> TryRemoveTokenAsync(TenantId tenant, UserId user, Guid tokenId, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.ApiTokens.Where(r => r.Tenant == tenant.Value && r.User == user.Value && r.Id == tokenId).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    public async Task<bool> AnyTokenAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.ReadAsync("SELECT 1 FROM api_tokens LIMIT 1", _ => true, cancellationToken) is not [];
    }
}
