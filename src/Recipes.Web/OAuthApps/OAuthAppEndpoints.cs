using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

internal static class OAuthAppEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/oauth-apps").WithTags("OAuth apps for development");
        group.MapPost("/", CreateAsync).WithName("CreateOAuthApp").WithSummary("Set up an OAuth client that definitions may be built with; takes the privilege manageDevelopmentApps")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(409);
        group.MapGet("/", ListAsync).WithName("ListOAuthApps").WithSummary("List the OAuth apps for development; takes the privilege manageDevelopmentApps").ProducesProblem(403);
        group.MapGet("/{id:guid}", GetAsync).WithName("GetOAuthApp").WithSummary("Read one OAuth app for development").ProducesProblem(403).ProducesProblem(404);
        group.MapPatch("/{id:guid}", ChangeAsync).WithName("ChangeOAuthApp").WithSummary("Give an OAuth app for development another client id or secret")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        group.MapDelete("/{id:guid}", RemoveAsync).WithName("RemoveOAuthApp").WithSummary("Remove an OAuth app for development that no definition works on")
            .ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<Results<Created<OAuthAppReply>, ProblemHttpResult>> CreateAsync(
        OAuthAppRequest request, HttpContext context, DevelopmentApps apps, PublicAddress address, CancellationToken cancellationToken) =>
        await apps.CreateAsync(context.Caller(), request.ToNew(), cancellationToken) switch
        {
            SetupResult<DevelopmentApp>.Done { Value: var app } => TypedResults.Created($"/api/oauth-apps/{app.Id}", OAuthAppReply.Of(app, address)),
            var other => Problem.From(other),
        };

    private static async Task<Results<Ok<IReadOnlyList<OAuthAppReply>>, ProblemHttpResult>> ListAsync(
        HttpContext context, DevelopmentApps apps, PublicAddress address, CancellationToken cancellationToken) =>
        await apps.ListAsync(context.Caller(), cancellationToken) switch
        {
            SetupResult<IReadOnlyList<DevelopmentApp>>.Done { Value: var all } => TypedResults.Ok<IReadOnlyList<OAuthAppReply>>([.. all.Select(a => OAuthAppReply.Of(a, address))]),
            var other => Problem.From(other),
        };

    private static async Task<Results<Ok<OAuthAppReply>, ProblemHttpResult>> GetAsync(Guid id, HttpContext context, DevelopmentApps apps, PublicAddress address, CancellationToken cancellationToken) =>
        Answer(await apps.FindAsync(context.Caller(), new(id), cancellationToken), address);

    private static async Task<Results<Ok<OAuthAppReply>, ProblemHttpResult>> ChangeAsync(
        Guid id, OAuthAppChangeRequest request, HttpContext context, DevelopmentApps apps, PublicAddress address, CancellationToken cancellationToken) =>
        Answer(await apps.ChangeAsync(context.Caller(), new(id), request.ToChange(), cancellationToken), address);

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(Guid id, HttpContext context, DevelopmentApps apps, CancellationToken cancellationToken) =>
        await apps.RemoveAsync(context.Caller(), new(id), cancellationToken) is var result && result is SetupResult<DevelopmentApp>.Done ? TypedResults.NoContent() : Problem.From(result);

    private static Results<Ok<OAuthAppReply>, ProblemHttpResult> Answer(SetupResult<DevelopmentApp> result, PublicAddress address) => result switch
    {
        SetupResult<DevelopmentApp>.Done { Value: var app } => TypedResults.Ok(OAuthAppReply.Of(app, address)),
        var other => Problem.From(other),
    };
}
