using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Recipes.Web;

/// <summary>One error, as problem details for programs and as a page for people.</summary>
public static class ErrorReply
{
    public static bool IsForPrograms(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
        || context.Request.Path.StartsWithSegments("/hooks", StringComparison.OrdinalIgnoreCase) || context.Request.Path.StartsWithSegments("/elsa", StringComparison.OrdinalIgnoreCase);

    public static Task WriteAsync(HttpContext context, int status, string title, string detail)
    {
        if (IsForPrograms(context))
            return Problem.Of(status, TypeOf(status), title, detail).ExecuteAsync(context);
        return Page.Of<ErrorPage>(new() { ["Title"] = title, ["Detail"] = detail }, status).ExecuteAsync(context);
    }

    /// <summary>For exceptions that nobody handled: the log has them under the trace id, the answer tells nothing else.</summary>
    public static Task WriteUnhandledAsync(HttpContext context)
    {
        const string Title = "Something went wrong here";
        var trace = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        if (!IsForPrograms(context))
            return Page.Of<ErrorPage>(new() { ["Title"] = Title, ["Detail"] = $"It is not your fault and has been logged as {trace}. Trying again may help." }, StatusCodes.Status500InternalServerError).ExecuteAsync(context);
        var problem = new ProblemDetails { Status = StatusCodes.Status500InternalServerError, Type = "urn:recipes:problem:internal", Title = Title };
        problem.Extensions["traceId"] = trace;
        return TypedResults.Problem(problem).ExecuteAsync(context);
    }

    /// <summary>For requests with more in them than their address takes.</summary>
    public static Task WriteTooLargeAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status413PayloadTooLarge, "The request is too large", "Requests to the API may have up to 1 MB, calls of recipes up to 4 MB.");

    /// <summary>For answers that have a status and no body yet.</summary>
    public static Task WriteStatusAsync(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => WriteAsync(context, 404, "There is nothing here", "The address is wrong, or what was here is gone."),
        StatusCodes.Status403Forbidden => WriteAsync(context, 403, "This is not permitted", "Your account does not have the privilege for this."),
        StatusCodes.Status405MethodNotAllowed => WriteAsync(context, 405, "That method is not possible here", $"{context.Request.Method} is not what this address takes."),
        StatusCodes.Status413PayloadTooLarge => WriteTooLargeAsync(context),
        StatusCodes.Status415UnsupportedMediaType => WriteAsync(context, 415, "The content type is not supported", "Send JSON with Content-Type: application/json."),
        var status => WriteAsync(context, status, "The request failed", $"It was answered with status {status}."),
    };

    private static string TypeOf(int status) => status switch
    {
        400 => "invalid-input",
        401 => "sign-in-needed",
        403 => "forbidden",
        404 => "not-found",
        405 => "method-not-allowed",
        413 => "too-large",
        415 => "unsupported-media-type",
        421 => "wrong-host",
        429 => "too-many-requests",
        _ => "failed",
    };
}
