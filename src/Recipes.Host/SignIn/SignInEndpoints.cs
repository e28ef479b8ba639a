using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The page where a person signs in, and the way out.</summary>
internal static partial class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription();
        pages.MapGet("/sign-in", Show).AllowAnonymous().MayBeEmbedded();
        pages.MapPost("/sign-in", SignInAsync).AllowAnonymous().MayBeEmbedded();
        pages.MapPost("/sign-out", SignOutAsync).AllowAnonymous();
    }

    /// <summary>A path of ours to go back to; anything else leads to the start page.</summary>
    internal static string LocalPath(string? path) =>
        path is ['/', ..] && path is not ['/', '/' or '\\', ..] && !path.Any(c => char.IsControl(c) || c == '\\') ? path : "/";

    private static IResult Show([FromQuery] string? @return, HttpContext context) =>
        context.FindCaller() is null ? Form(context, LocalPath(@return), null) : new SeeOther(LocalPath(@return));

    private static async Task<IResult> SignInAsync([FromForm] IFormCollection form, HttpContext context, KnownUsers users, SignInAttempts attempts, ILogger<KnownUsers> logger)
    {
        var back = LocalPath(form["return"]);
        if (!attempts.MayTry(context))
            return Form(context, back, "Too many tries have failed. Wait a minute, then try again.", StatusCodes.Status429TooManyRequests);
        var token = form["token"].ToString().Trim();
        if (await users.FindByTokenAsync(token, context.RequestAborted) is not { } user)
        {
            attempts.Failed(context);
            LogFailed(logger, context.Connection.RemoteIpAddress);
            return Form(context, back, "This token is not known here.", StatusCodes.Status422UnprocessableEntity);
        }

        var principal = CallerAccess.ToPrincipal(user, CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, principal, SessionToken.Of(token));
        LogSignedIn(logger, user.Id);
        return new SeeOther(back);
    }

    private static async Task<IResult> SignOutAsync([FromForm] IFormCollection form, HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return new SeeOther("/sign-in");
    }

    private static IResult Form(HttpContext context, string back, string? fault, int status = StatusCodes.Status200OK)
    {
        // Whose session is over while a frame of ours is open signs in there.
        if (Embedding.IsAskedFor(back))
            Embedding.Allow(context);
        return Page.Of<SignInPage>(new() { ["Return"] = back, ["Fault"] = fault }, status);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{User} signed in")]
    private static partial void LogSignedIn(ILogger logger, UserId user);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sign-in from {Address} failed")]
    private static partial void LogFailed(ILogger logger, System.Net.IPAddress? address);
}
