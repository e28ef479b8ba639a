using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The OpenAPI description of the API, at <c>/api/openapi.json</c>.</summary>
internal static class ApiDocument
{
    private const string Bearer = "bearer";

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", o =>
    {
        o.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(Secret))
                (schema.Type, schema.Format, schema.WriteOnly) = (JsonSchemaType.String, "password", true);
            else if (context.JsonTypeInfo.Type == typeof(OwnerRequest))
                schema.Description = "\"me\", \"organisation\" or {\"user\": \"<id>\"}";
            // What is null is left out of answers and may be left out of requests.
            foreach (var property in context.JsonTypeInfo.Properties.Where(p => p.IsGetNullable))
                schema.Required?.Remove(property.Name);
            return Task.CompletedTask;
        });
        o.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Recipes",
                Version = "1",
                Description = "Connections, recipes and runs. Errors are problem details (RFC 9457); for invalid input their member errors lists a path and a message for each fault.",
            };
            // The address is the one it was asked under; a listening address would be wrong behind a proxy.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.AddComponent(Bearer, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API token: rcp_ and 43 characters." });
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi("/api/openapi.json").AllowAnonymous();
}
