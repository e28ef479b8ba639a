using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class ApiTokenRow
{
    public Guid Id { get; init; }
    public required string Tenant { get; init; }
    public required string User { get; init; }
    public required byte[] Hash { get; init; }
    public required string Label { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    public static ApiTokenRow Of(ApiToken token) => new()
    {
        Id = token.Id,
        Tenant = token.Tenant.Value,
        User = token.User.Value,
        Hash = token.Hash,
        Label = token.Label,
        CreatedAt = token.CreatedAt,
    };

    public ApiToken ToToken() => new(Id, TenantId.Parse(Tenant), UserId.Parse(User), Hash, Label, CreatedAt);
}
