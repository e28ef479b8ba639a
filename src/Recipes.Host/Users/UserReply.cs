using Recipes.Web;

namespace Recipes.Host;

/// <summary>A user.</summary>
internal sealed record UserReply(string Id, string DisplayName, string Tenant, IReadOnlyList<string> Privileges, DateTimeOffset CreatedAt)
{
    public static UserReply Of(User user) => new(user.Id.Value, user.DisplayName, user.Tenant.Value, PrivilegeNames.Of(user.Privileges), user.CreatedAt);
}

/// <summary>A token that there is: what tells it from others, never the token itself.</summary>
internal sealed record KnownTokenReply(Guid Id, string Label, DateTimeOffset CreatedAt)
{
    public static KnownTokenReply Of(ApiToken token) => new(token.Id, token.Label, token.CreatedAt);
}

/// <summary>A token that was just made.</summary>
/// <param name="Token">The token itself: shown this once, as only its hash is kept.</param>
internal sealed record TokenReply(Guid Id, string User, string Label, string Token, DateTimeOffset CreatedAt);

/// <summary>A user to be made.</summary>
internal sealed record NewUserRequest
{
    /// <summary>1 to 128 characters without white space.</summary>
    public string? Id { get; init; }
    public string? DisplayName { get; init; }

    /// <summary>Names of privileges, or <c>member</c> (when left out) or <c>operator</c> for the usual ones together.</summary>
    public IReadOnlyList<string>? Privileges { get; init; }
}

/// <param name="Label">What the token is for.</param>
internal sealed record NewTokenRequest(string? Label = null);
