using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Recipes.Web;

/// <summary>Wires the pages and the REST of connections. The host adds <see cref="PublicAddress"/>, the connector catalogue and authentication.</summary>
public static class WebRegistration
{
    public static IServiceCollection AddRecipesWeb(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "recipes-form";
            o.FormFieldName = "form-token";
            // The content policy says it already, and more strictly.
            o.SuppressXFrameOptionsHeader = true;
        });
        services.Configure<JsonOptions>(o => WireJson.Configure(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddExceptionHandler<BadRequests>();
        services.TryAddSingleton<ConnectionViews>();
        services.TryAddSingleton<ConnectionDetails>();
        services.TryAddSingleton<ConnectTargets>();
        services.TryAddSingleton<ReturnAddress>();
        services.TryAddSingleton<SetupForms>();
        services.TryAddSingleton<DefinitionPages>();
        services.TryAddSingleton<Galleries>();
        services.TryAddSingleton<IAlertPages, AlertAddresses>();
        return services;
    }

    /// <summary>Maps <c>/api/connectors</c>, <c>/api/connection-definitions</c>, <c>/api/connections</c>, <c>/api/connection-health</c>, <c>/api/oauth-apps</c>, <c>/api/alerts</c>, the pages, the connect page and the callback.</summary>
    public static void MapConnections(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").ProducesProblem(StatusCodes.Status401Unauthorized);
        ConnectorEndpoints.Map(api);
        DefinitionEndpoints.Map(api);
        ConnectionEndpoints.Map(api);
        HealthEndpoints.Map(api);
        OAuthAppEndpoints.Map(api);
        AlertEndpoints.Map(api);

        AssetFile.Map(routes);
        var pages = routes.MapGroup("").ExcludeFromDescription();
        GalleryPages.Map(pages);
        ConnectionPages.Map(pages);
        HealthPages.Map(pages);
        SetupPages.Map(pages);
        OAuthAppPages.Map(pages);
        AlertPages.Map(pages);
        ConnectEndpoints.Map(pages);
        DeviceEndpoints.Map(pages);
        CallbackEndpoint.Map(pages);
    }
}
