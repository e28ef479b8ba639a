using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Recipes.Web;

/// <summary>Turns a verified user into claims and claims into the caller that the domain knows.</summary>
public static class CallerAccess
{
    // "sub" is also what antiforgery tokens are bound to.
    private const string Subject = "sub";
    private const string Tenant = "tenant";
    private const string Name = "name";
    private const string Granted = "privileges";

    /// <param name="scheme">Name of the authentication scheme that verified the user.</param>
    public static ClaimsPrincipal ToPrincipal(User user, string scheme) => new(new ClaimsIdentity(
        [
            new(Subject, user.Id.Value), new(Tenant, user.Tenant.Value), new(Name, user.DisplayName),
            new(Granted, ((int)user.Privileges).ToString(CultureInfo.InvariantCulture)),
        ],
        scheme, Name, roleType: null));

    /// <summary>Who is asking; null when nobody is signed in.</summary>
    public static Caller? FindCaller(this HttpContext context) =>
        context.User is { Identity.IsAuthenticated: true } principal
            ? new Caller(
                TenantId.Parse(principal.FindFirstValue(Tenant)!), UserId.Parse(principal.FindFirstValue(Subject)!),
                (Privileges)int.Parse(principal.FindFirstValue(Granted)!, CultureInfo.InvariantCulture))
            : null;

    /// <summary>Who is asking.</summary>
    /// <exception cref="InvalidOperationException">When nobody is signed in: the endpoint lacks its authorization.</exception>
    public static Caller Caller(this HttpContext context) =>
        context.FindCaller() ?? throw new InvalidOperationException($"{context.Request.Path} was reached without a signed-in user.");

    /// <summary>The name to greet the signed-in user with.</summary>
    public static string? DisplayNameOf(ClaimsPrincipal principal) => principal.FindFirstValue(Name);
}
