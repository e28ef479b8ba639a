using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Files of recipes over REST, to the byte: for those who keep them in git.</summary>
internal static class RecipeFileEndpoints
{
    private const int LargestFile = 4 * 1024 * 1024;

    /// <summary>Most bytes of all recipes that are checked together.</summary>
    private const int LargestCheck = 32 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/recipes/{name}/definition", Get).WithSummary("The file of a recipe; its ETag names the version").WithTags("Recipes").Produces<JsonElement>().ProducesProblem(404);
        api.MapPut("/recipes/{name}/definition", PutAsync).WithTags("Recipes")
            .WithSummary("Writes the file of a recipe, if it has no faults: If-Match says which version it replaces, If-None-Match: * that there is none; takes the privilege manageDefinitions")
            .WithMetadata(new RequestSizeLimitAttribute(LargestFile)).Accepts<JsonElement>("application/json")
            .Produces<RecipeReply>().Produces<RecipeReply>(StatusCodes.Status201Created).ProducesProblem(400).ProducesProblem(403).ProducesProblem(412).ProducesProblem(428);
        api.MapPost("/recipes/check", Check).WithTags("Recipes").WithMetadata(new RequestSizeLimitAttribute(LargestCheck))
            .WithSummary("What would be wrong with recipes if they were saved together; saves nothing");
    }

    private static IResult Get(string name, RecipeCatalogue catalogue) => catalogue.Find(name) switch
    {
        null => NoSuchRecipe(name),
        { Source.IsEmpty: true } => Problem.Conflict("The file is too long to be read."),
        { } recipe => TypedResults.Bytes(recipe.Source, "application/json", entityTag: Tag(recipe.SourceVersion)),
    };

    private static async Task<IResult> PutAsync(
        string name, HttpContext context, RecipePublisher publisher,
        [FromHeader(Name = "If-Match"), Description("The ETag of the file that it replaces")] string? ifMatch, [FromHeader(Name = "If-None-Match"), Description("* where there is to be none")] string? ifNoneMatch, CancellationToken cancellationToken)
    {
        if (!context.Caller().Has(Privileges.ManageDefinitions))
            return Problem.Forbidden("Writing recipes takes the privilege manageDefinitions.");
        if (!RecipeName.IsValid(name))
            return Problem.Invalid("name", $"'{name}' can be no file: use letters, digits, '-', '_' and dots, at most {RecipeName.MaxLength}.");
        var headers = context.Request.GetTypedHeaders();
        if ((ifMatch is not null && headers.IfMatch is []) || ifNoneMatch is not (null or "*"))
            return Problem.Invalid("If-Match", "If-Match takes the ETag of a file, in quotation marks; If-None-Match takes *.");
        using var json = new MemoryStream();
        await context.Request.Body.CopyToAsync(json, cancellationToken);
        return await publisher.WriteFileAsync(name, json.ToArray(), MayReplace, context.Caller(), cancellationToken) switch
        {
            FileWriteResult.Written written => Written(written, context),
            FileWriteResult.Refused refused => Problem.Invalid([.. refused.Faults.Select(f => new SetupFault(PlaceOf(f), f.Activity is null ? f.Message : $"{f.Activity}: {f.Message}"))]),
            FileWriteResult.OtherVersion { Version: null } => Problem.Of(StatusCodes.Status412PreconditionFailed, "other-version", "There is no such recipe", $"There is no recipe '{name}' to be replaced. Send it without If-Match."),
            FileWriteResult.OtherVersion when ifMatch is null && ifNoneMatch is null => Problem.Of(
                StatusCodes.Status428PreconditionRequired, "version-needed", "There is such a recipe already", $"Say which version of '{name}' it replaces: send its ETag as If-Match."),
            FileWriteResult.OtherVersion other => Problem.Of(
                StatusCodes.Status412PreconditionFailed, "other-version", "The recipe was changed meanwhile", $"The file of '{name}' is of version {other.Version}. Nothing was written. Read it again first."),
            var result => throw new InvalidOperationException($"Unknown result {result.GetType().Name}."),
        };

        // Nobody replaces what they have not seen.
        bool MayReplace(string? version) => version is null
            ? ifMatch is null
            : ifNoneMatch is null && headers.IfMatch.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(Tag(version), useStrongComparison: true));
    }

    private static Results<Ok<RecipeCheckReply[]>, ProblemHttpResult> Check(RecipeCheckRequest request, HttpContext context, RecipeChecker checker)
    {
        if (!context.Caller().Has(Privileges.ManageDefinitions))
            return Problem.Forbidden("Checking recipes that are to be written takes the privilege manageDefinitions.");
        if (request.Recipes.Keys.FirstOrDefault(n => !RecipeName.IsValid(n)) is { } invalid)
            return Problem.Invalid($"recipes.{invalid}", $"'{invalid}' can be no file: use letters, digits, '-', '_' and dots, at most {RecipeName.MaxLength}.");
        var found = checker.Check(request.Recipes.ToDictionary(r => r.Key, r => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(r.Value)));
        return TypedResults.Ok(found.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new RecipeCheckReply(f.Key, [.. f.Value.Faults.Select(RecipeFaultReply.Of)], [.. f.Value.Warnings.Select(RecipeFaultReply.Of)])).ToArray());
    }

    private static IResult Written(FileWriteResult.Written written, HttpContext context)
    {
        context.Response.GetTypedHeaders().ETag = Tag(written.Recipe.SourceVersion);
        return written.IsNew ? TypedResults.Created($"/api/recipes/{written.Recipe.Name}", RecipeReply.Of(written.Recipe)) : TypedResults.Ok(RecipeReply.Of(written.Recipe));
    }

    private static EntityTagHeaderValue Tag(string version) => new($"\"{version}\"");

    private static string PlaceOf(RecipeFault fault) => fault.Path ?? (fault.Line is { } line ? $"line {line}, column {fault.Column}" : "root");

    private static ProblemHttpResult NoSuchRecipe(string name) => Problem.NotFound($"There is no recipe '{name}'. GET /api/recipes lists those there are.");
}

/// <summary>Recipes to be checked together.</summary>
/// <param name="Recipes">The text of each file, by the name of the recipe.</param>
public sealed record RecipeCheckRequest(IReadOnlyDictionary<string, string> Recipes);

/// <summary>What would be wrong with one of them.</summary>
/// <param name="Faults">What would keep it from running.</param>
public sealed record RecipeCheckReply(string Recipe, IReadOnlyList<RecipeFaultReply> Faults, IReadOnlyList<RecipeFaultReply> Warnings);
