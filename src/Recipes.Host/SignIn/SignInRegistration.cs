using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Recipes.Web;

namespace Recipes.Host;

internal static class SignInRegistration
{
    private const string EitherWay = "Recipes";

    /// <summary>API tokens for programs, a cookie for browsers; everything needs one of them unless it says otherwise.</summary>
    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services.AddSingleton<KnownUsers>();
        services.AddSingleton<SignInAttempts>();
        services.AddSingleton<OperatorSetup>();
        services.AddHostedService(s => s.GetRequiredService<OperatorSetup>());
        services.AddAuthentication(EitherWay)
            .AddPolicyScheme(EitherWay, null, o => o.ForwardDefaultSelector = context =>
                context.Request.Headers.Authorization.Count > 0 ? BearerHandler.SchemeName : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null)
            .AddCookie();
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme).Configure<PublicOrigin>(Configure);
        services.AddSingleton<PublicOrigin>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }

    private static void Configure(CookieAuthenticationOptions cookie, PublicOrigin origin)
    {
        cookie.Cookie.Name = "recipes-session";
        cookie.Cookie.HttpOnly = true;
        // Providers send people back here, and they have to be signed in then.
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = origin.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
        cookie.SlidingExpiration = true;
        cookie.Events.OnRedirectToLogin = context =>
        {
            if (ErrorReply.IsForPrograms(context.HttpContext))
                return Unauthorized.WriteAsync(context.HttpContext);
            var request = context.Request;
            var back = HttpMethods.IsGet(request.Method) ? $"{request.Path}{request.QueryString}" : "/";
            return new SeeOther(back == "/" ? "/sign-in" : $"/sign-in?return={Uri.EscapeDataString(back)}").ExecuteAsync(context.HttpContext);
        };
        cookie.Events.OnRedirectToAccessDenied = context =>
            ErrorReply.WriteAsync(context.HttpContext, StatusCodes.Status403Forbidden, "This is not permitted", "Your account does not have the privilege for this.");
        // Token and user are read again, so that a cookie outlives neither the token nor a privilege.
        cookie.Events.OnValidatePrincipal = async context =>
        {
            var user = SessionToken.HashIn(context.Properties) is { } hash
                ? await context.HttpContext.RequestServices.GetRequiredService<KnownUsers>().FindByHashAsync(hash, context.HttpContext.RequestAborted)
                : null;
            if (user is null)
                context.RejectPrincipal();
            else
                context.ReplacePrincipal(CallerAccess.ToPrincipal(user, context.Scheme.Name));
        };
    }
}
