using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Recipes.Connectors;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Where apps deliver to. Nobody signs in here: the address cannot be guessed, and what comes is verified as its trigger says.</summary>
internal static class HookEndpoint
{
    public const string Path = "/hooks";

    /// <summary>Longest delivery, in bytes.</summary>
    private const int LargestBody = 1024 * 1024;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods($"{Path}/{{path}}", ["GET", "HEAD", "POST", "PUT", "PATCH"], ReceiveAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> ReceiveAsync(string path, HttpContext context, TriggerHooks hooks, IHookAddress address, CancellationToken cancellationToken)
    {
        var request = context.Request;
        if (await ReadAsync(request, cancellationToken) is not { } body)
            return Problem.Of(StatusCodes.Status413PayloadTooLarge, "too-large", "The delivery is too large", "A delivery may have up to 1 MB.");
        var message = new WebhookMessage(
            request.Method,
            new UriBuilder(address.Of(path)) { Query = request.QueryString.Value }.Uri,
            request.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value.ToArray()), StringComparer.OrdinalIgnoreCase),
            request.Query.ToDictionary(q => q.Key, q => q.Value.FirstOrDefault() ?? ""),
            body);
        // Once it is verified it is taken, whether its sender waits for the answer or not.
        var answer = await hooks.ReceiveAsync(path, message, CancellationToken.None);
        return answer switch
        {
            HookAnswer.Taken => TypedResults.StatusCode(StatusCodes.Status202Accepted),
            HookAnswer.Ignored => TypedResults.StatusCode(StatusCodes.Status200OK),
            HookAnswer.Challenge challenge => TypedResults.Text(challenge.Body, challenge.ContentType, statusCode: challenge.Status),
            HookAnswer.Unknown => Problem.NotFound("There is no webhook at this address."),
            HookAnswer.Off => Problem.Of(StatusCodes.Status410Gone, "switched-off", "This webhook is switched off", "Nothing that is delivered here starts anything."),
            HookAnswer.Refused => Problem.Of(StatusCodes.Status401Unauthorized, "not-genuine", "The delivery was refused", "It could not be verified. Whoever set the webhook up sees why on the page of its recipe."),
            HookAnswer.Busy busy => Later(context, StatusCodes.Status429TooManyRequests, "too-many-requests", "Too much comes at once", busy.RetryAfter),
            HookAnswer.NotNow notNow => Later(context, StatusCodes.Status503ServiceUnavailable, "not-now", "The delivery cannot be taken now", notNow.RetryAfter),
            _ => throw new InvalidOperationException($"Unknown answer {answer.GetType().Name}."),
        };
    }

    private static IResult Later(HttpContext context, int status, string type, string title, TimeSpan after)
    {
        context.Response.Headers.RetryAfter = ((int)after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Problem.Of(status, type, title, "Nothing of it was taken. Deliver it again after the time that Retry-After names.");
    }

    // Null when it is too long, whatever it said of its length.
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > LargestBody)
            return null;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LargestBody + 1;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.Length > LargestBody ? null : body.ToArray();
    }
}
