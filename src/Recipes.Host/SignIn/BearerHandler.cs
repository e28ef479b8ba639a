using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Knows callers by the API token in the Authorization header.</summary>
/// <remarks>Source: RFC 6750 §2.1 and §3.</remarks>
internal sealed class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KnownUsers users)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    private const string Prefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var user = await users.FindByTokenAsync(header[Prefix.Length..].Trim(), Context.RequestAborted);
        return user is null
            ? AuthenticateResult.Fail("The token is not known.")
            : AuthenticateResult.Success(new AuthenticationTicket(CallerAccess.ToPrincipal(user, Scheme.Name), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Unauthorized.WriteAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ErrorReply.WriteAsync(Context, StatusCodes.Status403Forbidden, "This is not permitted", "Your account does not have the privilege for this.");
}
