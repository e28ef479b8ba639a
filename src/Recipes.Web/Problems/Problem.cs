using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Recipes.Web;

/// <summary>Answers for what went wrong, each with what to do about it.</summary>
/// <remarks>Source: RFC 9457. The extension <c>errors</c> lists a path into the request and a message for each fault.</remarks>
public static class Problem
{
    public static ProblemHttpResult Invalid(IReadOnlyList<SetupFault> faults, string? detail = null) =>
        Of(StatusCodes.Status400BadRequest, "invalid-input", "The request is not valid", detail ?? (faults is [var only] ? $"{only.Path}: {only.Message}" : $"{faults.Count} things have to be put right; see errors."), faults);

    public static ProblemHttpResult Invalid(string path, string message) => Invalid([new(path, message)]);

    public static ProblemHttpResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, "not-found", "There is no such thing", detail);

    public static ProblemHttpResult Forbidden(string detail) => Of(StatusCodes.Status403Forbidden, "forbidden", "This is not permitted", detail);

    public static ProblemHttpResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, "conflict", "This does not fit what is there", detail);

    /// <summary>The answer for whatever was not done.</summary>
    /// <exception cref="ArgumentException">When it was done.</exception>
    public static ProblemHttpResult From<T>(SetupResult<T> result) => result switch
    {
        SetupResult<T>.Invalid invalid => Invalid(invalid.Faults),
        SetupResult<T>.NotFound notFound => NotFound(notFound.Reason),
        SetupResult<T>.Forbidden forbidden => Forbidden(forbidden.Reason),
        SetupResult<T>.Conflict conflict => Conflict(conflict.Reason),
        SetupResult<T>.OtherAccount other => Of(StatusCodes.Status409Conflict, "other-account", "It is another account", $"{other.Reason} (acceptOtherAccount: true)"),
        SetupResult<T>.InUse inUse => InUse(inUse),
        _ => throw new ArgumentException($"{result.GetType().Name} is no problem.", nameof(result)),
    };

    // The extension uses has the whole list.
    private static ProblemHttpResult InUse<T>(SetupResult<T>.InUse inUse)
    {
        var problem = new ProblemDetails
        {
            Status = StatusCodes.Status409Conflict,
            Type = "urn:recipes:problem:in-use",
            Title = "It is in use",
            Detail = $"{inUse.Reason} Add ?force=true to remove it all the same: what uses it will say what it lacks.",
        };
        problem.Extensions["uses"] = inUse.Uses;
        return TypedResults.Problem(problem);
    }

    /// <param name="type">Last part of the problem type: it names the kind of problem and never changes.</param>
    public static ProblemHttpResult Of(int status, string type, string title, string? detail, IReadOnlyList<SetupFault>? errors = null)
    {
        var problem = new ProblemDetails { Status = status, Type = $"urn:recipes:problem:{type}", Title = title, Detail = detail };
        if (errors is not null)
            problem.Extensions["errors"] = errors;
        return TypedResults.Problem(problem);
    }
}
