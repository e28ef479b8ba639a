namespace Recipes.Host;

/// <summary>Runs, as Studio lists and shows them.</summary>
internal static class StudioInstanceEndpoints
{
    public static void Map(IEndpointRouteBuilder studio)
    {
    }
}
