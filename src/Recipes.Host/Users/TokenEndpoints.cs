using Microsoft.AspNetCore.Http.HttpResults;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The API tokens of users: one's own for everybody, those of others for who may manage users.</summary>
internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/users/{id}/tokens").WithTags("Users").ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(403).ProducesProblem(404);
        api.MapGet("", ListAsync).WithName("ListTokens").WithSummary("List the API tokens of a user, one's own or with the privilege manageUsers; never the tokens themselves");
        api.MapPost("", CreateAsync).WithName("CreateToken").WithSummary("Make an API token; it is shown this once. That of another user takes the privileges manageUsers and actAsOtherUser").ProducesProblem(400);
        api.MapDelete("/{tokenId:guid}", RevokeAsync).WithName("RevokeToken").WithSummary("Revoke an API token, one's own or with the privilege manageUsers");
    }

    private static async Task<Results<Ok<IReadOnlyList<KnownTokenReply>>, ProblemHttpResult>> ListAsync(
        string id, HttpContext context, IUserStore users, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (!MayManage(caller, id))
            return NotPermitted();
        if (await FindAsync(users, caller, id, cancellationToken) is not { } user)
            return NoUser(id);
        return TypedResults.Ok<IReadOnlyList<KnownTokenReply>>([.. (await users.ListTokensAsync(user.Tenant, user.Id, cancellationToken)).Select(KnownTokenReply.Of)]);
    }

    private static async Task<Results<Created<TokenReply>, ProblemHttpResult>> CreateAsync(
        string id, NewTokenRequest request, HttpContext context, IUserStore users, KnownUsers known, TimeProvider time, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        // Whoever holds a token is its user, so making another's is no less than acting as them.
        if (!IsSelf(caller, id) && !caller.Has(Privileges.ManageUsers | Privileges.ActAsOtherUser))
            return Problem.Forbidden("Whoever holds a token of another user can act as them: making one takes the privileges manageUsers and actAsOtherUser both.");
        if (request.Label is { Length: > 100 })
            return Problem.Invalid("label", "A label has at most 100 characters.");
        if (await FindAsync(users, caller, id, cancellationToken) is not { } user)
            return NoUser(id);
        // A token is worth what its user may do.
        if (!caller.Has(user.Privileges))
            return Problem.Forbidden($"'{id}' may do things that you may not, so you cannot make a token of theirs.");

        var now = time.GetUtcNow();
        var token = TokenText.New();
        var stored = new ApiToken(Guid.CreateVersion7(now), user.Tenant, user.Id, TokenText.Hash(token.Reveal()), request.Label?.Trim() ?? "", now);
        await users.AddAsync(stored, cancellationToken);
        known.Changed();
        return TypedResults.Created((string?)null, new TokenReply(stored.Id, user.Id.Value, stored.Label, token.Reveal(), now));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        string id, Guid tokenId, HttpContext context, IUserStore users, KnownUsers known, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (!MayManage(caller, id))
            return NotPermitted();
        if (!UserId.TryParse(id, out var user) || !await users.TryRemoveTokenAsync(caller.Tenant, user, tokenId, cancellationToken))
            return Problem.NotFound($"'{id}' has no token {tokenId}.");
        known.Changed();
        return TypedResults.NoContent();
    }

    private static bool IsSelf(Caller caller, string id) => UserId.TryParse(id, out var user) && user == caller.User;

    private static bool MayManage(Caller caller, string id) => IsSelf(caller, id) || caller.Has(Privileges.ManageUsers);

    private static async Task<User?> FindAsync(IUserStore users, Caller caller, string id, CancellationToken cancellationToken) =>
        UserId.TryParse(id, out var user) ? await users.FindAsync(caller.Tenant, user, cancellationToken) : null;

    private static ProblemHttpResult NoUser(string id) => Problem.NotFound($"There is no user '{id}'.");

    private static ProblemHttpResult NotPermitted() => Problem.Forbidden("The tokens of other users take the privilege manageUsers.");
}
