using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class UserRow
{
    public required string Tenant { get; init; }
    public required string Id { get; init; }
    public required string DisplayName { get; init; }
    public required string Privileges { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public string? Email { get; init; }

    public static UserRow Of(User user) => new()
    {
        Tenant = user.Tenant.Value,
        Id = user.Id.Value,
        DisplayName = user.DisplayName,
        Privileges = NamesOf(user.Privileges),
        CreatedAt = user.CreatedAt,
        Email = user.Email,
    };

    public User ToUser() => new(TenantId.Parse(Tenant), UserId.Parse(Id), DisplayName, Enum.Parse<Privileges>(Privileges), CreatedAt) { Email = Email };

    /// <summary>Single privileges only, never a name for several: what Operator means may grow, what was granted must not.</summary>
    private static string NamesOf(Privileges privileges)
    {
        var names = Enum.GetValues<Privileges>().Where(p => int.IsPow2((int)p) && privileges.HasFlag(p)).Distinct().Select(NameOf);
        return string.Join(", ", names) is { Length: > 0 } text ? text : nameof(Recipes.Connections.Privileges.None);
    }

    // Enum.ToString may pick an alias (Member for CreateConnections).
    private static string NameOf(Privileges privilege) => privilege == Recipes.Connections.Privileges.CreateConnections
        ? nameof(Recipes.Connections.Privileges.CreateConnections)
        : privilege.ToString("G");
}
