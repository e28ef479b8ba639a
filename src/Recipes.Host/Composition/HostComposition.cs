using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using Recipes.Engine;
using Recipes.Storage;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Puts the parts together: what the host is made of, and the way of a request through it.</summary>
internal static class HostComposition
{
    /// <summary>Most bytes of a request's body; an endpoint that takes more says so itself.</summary>
    private const long LargestBody = 1024 * 1024;

    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Slim: no IIS, no default log providers, no configuration that is not used here.
        var builder = WebApplication.CreateSlimBuilder(args);
        var options = builder.Configuration.Get<RecipesHostOptions>() ?? new();
        builder.AddHostLog();
        builder.WebHost.UseUrls([.. options.ListenOn]);
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            k.Limits.MaxRequestBodySize = LargestBody;
        });
        AddServices(builder, options);
        configure?.Invoke(builder);

        var app = builder.Build();
        Use(app);
        Map(app);
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder, RecipesHostOptions options)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddSingleton<IValidateOptions<RecipesHostOptions>, RecipesHostOptionsCheck>();
        services.AddOptions<RecipesHostOptions>().Bind(configuration).ValidateOnStart();

        var storage = configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new();
        // An empty folder is told with all other faults at start; until then any will do.
        storage.DataFolder = string.IsNullOrWhiteSpace(options.DataFolder) ? "." : options.DataFolder;
        services.AddRecipesStorage(storage, configuration.GetSection(KeyRingOptions.Section).Get<KeyRingOptions>());
        if (!storage.UsesPostgres)
            services.AddHostedService<OnlyHost>();
        services.AddSweep<RunPurge>();
        services.AddSingleton<IConnectionUses, RecipeUses>();
        services.AddSingleton<AccountWarnings>();
        services.AddSingleton<RecipeConnections>();
        services.AddSingleton<RecipeView>();
        services.AddSingleton<RunModels>();
        services.AddConnections(configuration);
        services.AddAlerts(configuration);
        services.AddTelemetryExport(configuration);
        services.AddConnectorFiles();
        services.AddRecipesEngine(o =>
        {
            configuration.GetSection(RecipesEngineOptions.Section).Bind(o);
            o.RecipesFolder = options.RecipesFolder;
        });
        services.AddRecipeTriggers();
        services.AddSingleton<IHookAddress, HookAddress>();
        services.AddSingleton<TriggerViews>();
        services.AddStudio();
        services.AddStudioShell(configuration);

        services.AddRecipesWeb();
        services.AddSignIn();
        services.AddSingleton<HostHealth>();
        services.AddSchedules(configuration, isShared: storage.UsesPostgres);
        services.AddApiDocument();
        services.AddSingleton(s =>
        {
            var given = s.GetRequiredService<IOptions<RecipesHostOptions>>().Value.PublicOriginUri;
            return new PublicAddress(() => given ?? RecipesHost.AddressOf(s));
        });
        // A reverse proxy on this machine says whom it speaks for; nobody else is believed.
        services.Configure<ForwardedHeadersOptions>(o => o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto);
    }

    private static void Use(WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = ErrorReply.WriteUnhandledAsync });
        app.UseMiddleware<KnownHosts>();
        app.UseStatusCodePages(context => ErrorReply.WriteStatusAsync(context.HttpContext));
        app.UseRouting();
        app.UseAuthentication();
        app.UseMiddleware<SameOrigin>();
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    private static void Map(WebApplication app)
    {
        app.MapHealth();
        app.MapApiDocument();
        app.MapSignIn();
        app.MapUsers();
        app.MapTokens();
        app.MapConnections();

        var api = app.MapGroup("/api").ProducesProblem(StatusCodes.Status401Unauthorized);
        RecipeEndpoints.Map(api);
        RecipeFileEndpoints.Map(api);
        RunEndpoints.Map(api);
        TriggerEndpoints.Map(api);
        HookEndpoint.Map(app);
        StudioEndpoints.Map(app);
        var pages = app.MapGroup("").ExcludeFromDescription();
        RecipePages.Map(pages);
        RunPages.Map(pages);
        TriggerPages.Map(pages);
        StudioPages.Map(pages);
        NewRecipe.Map(pages);
    }
}
