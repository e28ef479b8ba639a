namespace Recipes.Host;

/// <summary>What Elsa Studio asks of its server: the REST contract of Elsa 3, under an address of its own.</summary>
/// <remarks>Names, envelopes and enumerations are Elsa's: PascalCase words as values, camelCase members, case-sensitive on the other side.</remarks>
internal static class StudioEndpoints
{
    /// <summary>What a Studio element gets as its <c>remote-endpoint</c>, behind the origin.</summary>
    public const string Prefix = "/elsa/api";

    public static void Map(IEndpointRouteBuilder app)
    {
        var studio = app.MapGroup(Prefix).ExcludeFromDescription();
        StudioDefinitionEndpoints.Map(studio);
        StudioBulkEndpoints.Map(studio);
        StudioRunEndpoints.Map(studio);
        StudioLookups.Map(studio);
        StudioOptionsEndpoints.Map(studio);
        StudioInstanceEndpoints.Map(studio);
    }

    public static void AddStudio(this IServiceCollection services)
    {
        services.AddSingleton<ActivityDescriptors>();
        services.AddSingleton<Toolbox>();
        services.AddSingleton<DropDowns>();
        services.AddSingleton<StudioForm>();
        services.AddSingleton<StudioEdit>();
        services.AddSingleton<RecipeHistory>();
        services.AddSingleton<RecipeDesigner>();
        services.AddSingleton<ConnectionBinder>();
        services.AddSingleton<PublicationCheck>();
        services.AddSingleton<DraftWriter>();
        services.AddSingleton<RecipePublisher>();
        services.AddSingleton<RecipeSaver>();
        services.AddSingleton<StepTest>();
        services.AddSingleton<StudioAnswers>();
        services.AddSingleton<RecipeNodesByVersion>();
        services.AddSingleton<StepExecutions>();
        services.AddSingleton<InstanceViews>();
    }
}
