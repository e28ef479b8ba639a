using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

/// <summary>Where providers send people back to.</summary>
/// <remarks>Source: RFC 6749 §4.1.2, RFC 9207, RFC 5849 §2.2. Nothing of the query is stored, logged or shown, but the provider's own short words.</remarks>
internal static class CallbackEndpoint
{
    private const string CookiePath = "/oauth/callback/";

    private const int MostParameters = 64;
    private const int LongestForm = 16 * 1024;

    // A server takes a request line of 8 KB.
    private const int LongestQuery = 7 * 1024;

    // Open to people who are not signed in: the answer tells them so.
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/oauth/callback/{definition}", CompleteAsync).AllowAnonymous();
        // Another site's page sends it, with no token of ours; it does nothing but lead to the address above.
        pages.MapPost("/oauth/callback/{definition}", TurnAsync).AllowAnonymous().DisableAntiforgery();
    }

    public static CookieOptions Cookie(PublicAddress address, DateTimeOffset expires) => new()
    {
        Path = CookiePath,
        HttpOnly = true,
        // The way back is a navigation from another site.
        SameSite = SameSiteMode.Lax,
        Secure = address.Origin.Scheme == Uri.UriSchemeHttps,
        Expires = expires,
        IsEssential = true,
    };

    private static async Task<IResult> CompleteAsync(
        string definition, HttpContext context, AuthorizationFlows flows, ConnectionSetup setup, ConnectionViews views, Prober prober, ReturnAddress back, PublicAddress address, CancellationToken cancellationToken)
    {
        // A parameter given twice is no parameter: RFC 6749 §3.1 forbids it.
        var all = context.Request.Query.Take(MostParameters).Where(p => p.Value is [{ Length: > 0 }]).ToDictionary(p => p.Key, p => p.Value[0]!, StringComparer.Ordinal);
        string? One(string name) => all.GetValueOrDefault(name);
        // OAuth 1.0 has no state: its flows are found by their request token, which a denial brings under another name.
        var callback = new FlowCallback(One("state") ?? One("oauth_token") ?? One("denied"), One("code"), One("iss"), One("error"), One("error_description")) { Parameters = all };
        var caller = context.FindCaller();
        var outcome = await flows.CompleteAsync(definition, callback, name => context.Request.Cookies[name], caller, cancellationToken);
        if (callback.State is { } state)
            context.Response.Cookies.Delete(AuthorizationFlows.CookieName(state), Cookie(address, DateTimeOffset.UnixEpoch));

        switch (outcome)
        {
            case FlowOutcome.Connected { Connection: var id }:
                // Learns the account's name; whatever it shows is recorded on the connection.
                await prober.ProbeAsync(id, caller is null ? Actor.System : Actor.Of(caller.User), cancellationToken);
                return new SeeOther(await FindAsync(id) is { } connected ? back.OfSuccess(connected.Definition, connected.Connection, outcome.Return) ?? ConnectPath.OfConnected(id, outcome.Return.Recipe) : ConnectPath.OfConnected(id, outcome.Return.Recipe));
            case FlowOutcome.Failed { Connection: var id, Failure: var failure }:
                return await FailedAsync(id, failure, isOtherAccount: false);
            case FlowOutcome.OtherAccount { Connection: var id, Failure: var failure }:
                return await FailedAsync(id, failure, isOtherAccount: true);
            case FlowOutcome.Rejected rejected:
                return await RejectedAsync(rejected);
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome.GetType().Name}.");
        }

        async Task<(Connection Connection, ConnectionDefinition Definition)?> FindAsync(ConnectionId id) =>
            caller is not null && await setup.FindAsync(caller, id, cancellationToken) is { } connection ? (connection, (await views.DescribeAsync(connection, cancellationToken)).Definition) : null;

        async Task<IResult> RejectedAsync(FlowOutcome.Rejected rejected)
        {
            // Without the connection there is nothing to try again: the definition's own address would connect an account of whoever follows it.
            var found = rejected.Connection is { } id ? await FindAsync(id) : null;
            if (found is { } known && back.OfFailure(known.Definition, known.Connection, rejected.Return, rejected.Failure!) is { } elsewhere)
                return new SeeOther(elsewhere);
            return Page.Of<CallbackPage>(
                new() { ["Reason"] = rejected.Reason, ["TryAgain"] = found is { } one ? ConnectPath.Of(one.Definition.Key, one.Connection.Id, null, back: rejected.Return) : null }, StatusCodes.Status400BadRequest);
        }

        async Task<IResult> FailedAsync(ConnectionId id, Failure failure, bool isOtherAccount)
        {
            if (await FindAsync(id) is not { } found)
                return Page.Of<CallbackPage>(new() { ["Failure"] = failure });
            // Whether it is to become another account's is asked here, whoever sent the person.
            if (!isOtherAccount && back.OfFailure(found.Definition, found.Connection, outcome.Return, failure) is { } elsewhere)
                return new SeeOther(elsewhere);
            return Page.Of<CallbackPage>(new()
            {
                ["Failure"] = failure,
                ["TryAgain"] = ConnectPath.Of(found.Definition.Key, id, null, back: outcome.Return),
                ["TakeOther"] = isOtherAccount ? ConnectPath.Of(found.Definition.Key, id, null, acceptsOther: true, outcome.Return) : null,
            });
        }
    }

    /// <summary>Takes an answer that came as a form (<c>response_mode=form_post</c>) on to the same address with GET.</summary>
    /// <remarks>
    /// Browsers send no SameSite=Lax cookie with a form of another site, but they do with the navigation that a redirect makes of it; so cookie, state
    /// and sign-in are checked in one place, as ever. Source: OAuth 2.0 Form Post Response Mode.
    /// </remarks>
    private static async Task<IResult> TurnAsync(string definition, HttpContext context, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength is null or > LongestForm)
            return Page.Of<CallbackPage>(new() { ["Reason"] = "The answer is no form, or too large. Start again from the connection's page." }, StatusCodes.Status400BadRequest);
        var form = await context.Request.ReadFormAsync(new() { ValueCountLimit = MostParameters, BufferBodyLengthLimit = LongestForm }, cancellationToken);
        // Tokens belong in no address; the code is what they are had with.
        var query = QueryString.Create(form.Where(p => p.Key is not ("id_token" or "access_token")).SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v))));
        if (query.Value?.Length > LongestQuery)
            return Page.Of<CallbackPage>(new() { ["Reason"] = "The answer is too large. Start again from the connection's page." }, StatusCodes.Status400BadRequest);
        return new SeeOther($"/oauth/callback/{Uri.EscapeDataString(definition)}{query}");
    }
}
