namespace Recipes.Connections;

/// <summary>What a caller may do beyond using what is their own.</summary>
[Flags]
public enum Privileges
{
    None = 0,
    /// <summary>Set up and change connection definitions.</summary>
    ManageDefinitions = 1,
    /// <summary>Create connections: one's own, and with <see cref="ManageConnections"/> those of others.</summary>
    CreateConnections = 2,
    /// <summary>See, test and disconnect every connection of the tenant, and create organisation connections.</summary>
    ManageConnections = 4,
    /// <summary>Call a recipe as another user, and with <see cref="ManageUsers"/> make API tokens of others: whoever holds one is that user.</summary>
    ActAsOtherUser = 8,
    /// <summary>Make users, and list and revoke their API tokens. Making a token of another user takes <see cref="ActAsOtherUser"/> as well; one's own tokens take no privilege.</summary>
    ManageUsers = 16,
    /// <summary>See the runs of every user.</summary>
    ViewAllRuns = 32,

    /// <summary>Set up the OAuth clients that every author of the installation may build with.</summary>
    ManageDevelopmentApps = 64,

    Operator = ManageDefinitions | CreateConnections | ManageConnections | ActAsOtherUser | ManageUsers | ViewAllRuns | ManageDevelopmentApps,
    Member = CreateConnections,
}

/// <summary>Who is asking, as verified: never taken from a request's own words.</summary>
public sealed record Caller(TenantId Tenant, UserId User, Privileges Privileges)
{
    public bool Has(Privileges privileges) => (Privileges & privileges) == privileges;

    /// <summary>Whether this caller may see, test, disconnect or re-authorise <paramref name="connection"/>.</summary>
    public bool MayManage(Connection connection) =>
        connection.Tenant == Tenant && (connection.Owner.Is(User) || Has(Privileges.ManageConnections));
}
