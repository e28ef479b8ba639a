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
        StudioInstanceEndpoints.Map(studio);
    }
}
