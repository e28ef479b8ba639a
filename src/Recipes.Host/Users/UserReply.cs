using Recipes.Web;

namespace Recipes.Host;

/// <summary>A user.</summary>
/// <param name="Email">Where alerts about the user's own connections go.</param>
internal sealed record UserReply(string Id, string DisplayName, string? Email, string Tenant, IReadOnlyList<string> Privileges, DateTimeOffset CreatedAt)
{
    public static UserReply Of(User user) => new(user.Id.Value, user.DisplayName, user.Email, user.Tenant.Value, PrivilegeNames.Of(user.Privileges), user.CreatedAt);
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

    /// <summary>Where alerts about the user's own connections go; none are mailed when it is left out.</summary>
    public string? Email { get; init; }

    /// <summary>Names of privileges, or <c>member</c> (when left out) or <c>operator</c> for the usual ones together.</summary>
    public IReadOnlyList<string>? Privileges { get; init; }
}

/// <summary>What is to change of a user. What is left out stays as it is.</summary>
internal sealed record UserChangeRequest
{
    /// <summary>At most 200 characters; empty for the id.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Another mail address; null takes the present one away.</summary>
    public string? Email
    {
        get;
        init
        {
            field = value;
            // Told apart from a member that is not there.
            ChangesEmail = true;
        }
    }

    internal bool ChangesEmail { get; private init; }
}

/// <param name="Label">What the token is for.</param>
internal sealed record NewTokenRequest(string? Label = null);
