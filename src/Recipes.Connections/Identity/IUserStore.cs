namespace Recipes.Connections;

/// <summary>A user that may call.</summary>
public sealed record User(TenantId Tenant, UserId Id, string DisplayName, Privileges Privileges, DateTimeOffset CreatedAt)
{
    /// <summary>Where alerts about the user's own connections go; null means that none are mailed.</summary>
    public string? Email { get; init; }
}

/// <summary>A bearer token of a user. Only its hash is kept.</summary>
/// <param name="Hash">SHA-256 of the token, which has 256 random bits.</param>
public sealed record ApiToken(Guid Id, TenantId Tenant, UserId User, byte[] Hash, string Label, DateTimeOffset CreatedAt);

public interface IUserStore
{
    /// <returns>False when the tenant has that user already.</returns>
    Task<bool> TryAddAsync(User user, CancellationToken cancellationToken);

    Task<User?> FindAsync(TenantId tenant, UserId id, CancellationToken cancellationToken);

    /// <summary>Gives a user another name to be shown and another mail address.</summary>
    /// <returns>False when there is no such user.</returns>
    Task<bool> TryChangeAsync(TenantId tenant, UserId id, string displayName, string? email, CancellationToken cancellationToken);

    /// <summary>All users of a tenant, by id.</summary>
    Task<IReadOnlyList<User>> ListAsync(TenantId tenant, CancellationToken cancellationToken);

    Task AddAsync(ApiToken token, CancellationToken cancellationToken);

    /// <summary>The user whose token has that hash.</summary>
    Task<User?> FindByTokenAsync(byte[] hash, CancellationToken cancellationToken);

    /// <summary>The tokens of a user, oldest first; none when there is no such user.</summary>
    Task<IReadOnlyList<ApiToken>> ListTokensAsync(TenantId tenant, UserId user, CancellationToken cancellationToken);

    /// <summary>Removes a token for good.</summary>
    /// <returns>False when that user has no such token.</returns>
    Task<bool> TryRemoveTokenAsync(TenantId tenant, UserId user, Guid tokenId, CancellationToken cancellationToken);

    /// <summary>Whether there is any token, so that anyone can sign in: false until a first start has got through.</summary>
    Task<bool> AnyTokenAsync(CancellationToken cancellationToken);
}
