namespace Recipes.Web;

/// <summary>Addresses of the page where a person connects an account.</summary>
internal static class ConnectPath
{
    public static string Of(StableKey definition, ConnectionId? connection = null) =>
        connection is { } id ? $"/connect/{definition}?connection={id}" : $"/connect/{definition}";

    public static string OfOrganisation(StableKey definition) => $"/connect/{definition}?owner=organisation";
}
