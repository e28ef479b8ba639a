using Microsoft.AspNetCore.Http.HttpResults;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Who one is, and the users for those who may manage them.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").WithTags("Users").ProducesProblem(StatusCodes.Status401Unauthorized);
        api.MapGet("/me", Me).WithName("GetMe").WithSummary("Say who the caller is and what they may do");
        api.MapGet("/users", ListAsync).WithName("ListUsers").WithSummary("List the users; takes the privilege manageUsers").ProducesProblem(403);
        api.MapPost("/users", CreateAsync).WithName("CreateUser").WithSummary("Make a user; takes the privilege manageUsers").ProducesProblem(400).ProducesProblem(403).ProducesProblem(409);
        api.MapPatch("/users/{id}", ChangeAsync).WithName("ChangeUser").WithSummary("Change the name or the mail address of a user, oneself or with the privilege manageUsers").ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
    }

    private static async Task<Results<Ok<UserReply>, ProblemHttpResult>> Me(HttpContext context, KnownUsers users, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        return await users.FindAsync(caller.Tenant, caller.User, cancellationToken) is { } user ? TypedResults.Ok(UserReply.Of(user)) : Problem.NotFound("The user is gone.");
    }

    private static async Task<Results<Ok<IReadOnlyList<UserReply>>, ProblemHttpResult>> ListAsync(HttpContext context, IUserStore users, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (!caller.Has(Privileges.ManageUsers))
            return NotPermitted();
        return TypedResults.Ok<IReadOnlyList<UserReply>>([.. (await users.ListAsync(caller.Tenant, cancellationToken)).Select(UserReply.Of)]);
    }

    private static async Task<Results<Created<UserReply>, ProblemHttpResult>> CreateAsync(
        NewUserRequest request, HttpContext context, IUserStore users, KnownUsers known, TimeProvider time, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (!caller.Has(Privileges.ManageUsers))
            return NotPermitted();
        List<SetupFault> faults = [];
        if (!UserId.TryParse(request.Id, out var id))
            faults.Add(new("id", "A user's id is 1 to 128 characters without white space."));
        if (request.DisplayName is { Length: > 200 })
            faults.Add(new("displayName", "A name has at most 200 characters."));
        if (!TryReadEmail(request.Email, out var email))
            faults.Add(new("email", EmailAddress.Rule));
        var privileges = request.Privileges is null ? Privileges.Member : Privileges.None;
        foreach (var (name, i) in (request.Privileges ?? []).Select((name, i) => (name, i)))
        {
            if (PrivilegeNames.TryParse(name, out var privilege))
                privileges |= privilege;
            else
                faults.Add(new($"privileges[{i}]", $"'{name}' is no privilege: there are {string.Join(", ", PrivilegeNames.Known)}."));
        }

        if (faults.Count > 0)
            return Problem.Invalid(faults);
        if (!caller.Has(privileges))
            return Problem.Forbidden($"You can only give privileges that you have yourself: {string.Join(", ", PrivilegeNames.Of(privileges & ~caller.Privileges))} is not yours.");

        var user = new User(caller.Tenant, id, string.IsNullOrWhiteSpace(request.DisplayName) ? id.Value : request.DisplayName.Trim(), privileges, time.GetUtcNow()) { Email = email };
        if (!await users.TryAddAsync(user, cancellationToken))
            return Problem.Conflict($"There is a user '{id}' already.");
        known.Changed();
        return TypedResults.Created($"/api/users/{Uri.EscapeDataString(id.Value)}", UserReply.Of(user));
    }

    private static async Task<Results<Ok<UserReply>, ProblemHttpResult>> ChangeAsync(
        string id, UserChangeRequest request, HttpContext context, IUserStore users, KnownUsers known, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (!UserId.TryParse(id, out var user) || (user != caller.User && !caller.Has(Privileges.ManageUsers)))
            return NotPermitted();
        List<SetupFault> faults = [];
        if (request.DisplayName is { Length: > 200 })
            faults.Add(new("displayName", "A name has at most 200 characters."));
        if (!TryReadEmail(request.Email, out var email))
            faults.Add(new("email", EmailAddress.Rule));
        if (faults.Count > 0)
            return Problem.Invalid(faults);
        if (await users.FindAsync(caller.Tenant, user, cancellationToken) is not { } before)
            return Problem.NotFound($"There is no user '{id}'.");
        var after = before with
        {
            DisplayName = request.DisplayName is not { } name ? before.DisplayName : string.IsNullOrWhiteSpace(name) ? user.Value : name.Trim(),
            Email = request.ChangesEmail ? email : before.Email,
        };
        if (!await users.TryChangeAsync(caller.Tenant, user, after.DisplayName, after.Email, cancellationToken))
            return Problem.NotFound($"There is no user '{id}'.");
        known.Changed();
        return TypedResults.Ok(UserReply.Of(after));
    }

    /// <param name="email">Null where none is given.</param>
    private static bool TryReadEmail(string? text, out string? email)
    {
        email = null;
        return string.IsNullOrWhiteSpace(text) || EmailAddress.TryParse(text, out email);
    }

    private static ProblemHttpResult NotPermitted() => Problem.Forbidden("Managing users takes the privilege manageUsers.");
}
