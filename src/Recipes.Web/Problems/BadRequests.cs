using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Recipes.Web;

/// <summary>Answers requests that could not be read, naming the place. They are the caller's fault and not logged as ours.</summary>
internal sealed class BadRequests : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException bad)
            return false;
        if (bad.InnerException is AntiforgeryValidationException || context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
        {
            await ErrorReply.WriteAsync(context, StatusCodes.Status400BadRequest, "This form is out of date", "It was opened before you signed in, or too long ago. Go back, reload the page and send it again.");
            return true;
        }

        if (bad.InnerException is JsonException json)
            await Problem.Invalid([Explain(json)]).ExecuteAsync(context);
        else if (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
            await ErrorReply.WriteAsync(context, bad.StatusCode, "The request is too large", "Requests to the API may have up to 1 MB, calls of recipes up to 4 MB.");
        else if (bad.StatusCode == StatusCodes.Status415UnsupportedMediaType)
            await ErrorReply.WriteAsync(context, bad.StatusCode, "The content type is not supported", "Send JSON with Content-Type: application/json.");
        else
            await ErrorReply.WriteAsync(context, bad.StatusCode, "The request could not be read", Plain(bad.Message));
        return true;
    }

    private static SetupFault Explain(JsonException json)
    {
        var path = json.Path is { Length: > 2 } text && text.StartsWith("$.", StringComparison.Ordinal) ? text[2..] : "body";
        var line = json.LineNumber is { } number ? $" (line {number + 1}, byte {(json.BytePositionInLine ?? 0) + 1})" : "";
        // The parser's own words name .NET types; ours say the same in the caller's terms.
        var unmapped = Between(json.Message, "The JSON property '", "' could not be mapped");
        if (unmapped is not null)
            return new(path.EndsWith(unmapped, StringComparison.Ordinal) ? path : path == "body" ? unmapped : $"{path}.{unmapped}", $"There is no member '{unmapped}' here{line}.");
        if (json.Message.StartsWith(OwnWords, StringComparison.Ordinal))
            return new(path, $"{json.Message[OwnWords.Length..]}{line}.");
        if (json.Message.StartsWith("Duplicate property", StringComparison.Ordinal))
            return new(path, $"This member is given twice{line}.");
        if (json.Message.Contains("could not be converted", StringComparison.Ordinal) || json.Message.Contains("doesn't allow setting null", StringComparison.Ordinal))
        {
            return new(path, NamesOfEnum(json.Message) is { } names ? $"The value must be one of {names}{line}." : $"The value does not have the expected type{line}.");
        }

        return new(path, $"This is not well-formed JSON{line}.");
    }

    /// <summary>Begins the message of a <see cref="JsonException"/> that our own readers throw and callers may read.</summary>
    internal const string OwnWords = "Recipes: ";

    // The type is named in the message only.
    private static string? NamesOfEnum(string message)
    {
        var full = Between(message, $"[{typeof(Secret).Namespace}.", "]") ?? Between(message, $"could not be converted to {typeof(Secret).Namespace}.", ". Path");
        return full is not null && typeof(Secret).Assembly.GetType($"{typeof(Secret).Namespace}.{full}") is { IsEnum: true } type
            ? string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))
            : null;
    }

    private static string? Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(after, start + before.Length, StringComparison.Ordinal);
        return end < 0 ? null : text[(start + before.Length)..end];
    }

    // "Failed to bind parameter "Guid id" from "x"." names a type; the address is what the caller knows.
    private static string Plain(string message) =>
        message.StartsWith("Failed to bind parameter", StringComparison.Ordinal) ? "A part of the address or of the query does not have the expected form." :
        message.StartsWith("Required parameter", StringComparison.Ordinal) || message.StartsWith("Implicit body", StringComparison.Ordinal) ? "The request needs a body, or a parameter is missing." :
        "The request could not be read. Check its form.";
}
