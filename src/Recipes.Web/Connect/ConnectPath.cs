namespace Recipes.Web;

/// <summary>Addresses of the page where a person connects an account.</summary>
internal static class ConnectPath
{
    public static string Of(StableKey definition, ConnectionId? connection = null) =>
        connection is { } id ? $"/connect/{definition}?connection={id}" : $"/connect/{definition}";

    /// <param name="scopes">The scopes that are ticked when the page opens; null means the usual ones.</param>
    public static string Of(StableKey definition, ConnectionId connection, IReadOnlyCollection<string>? scopes) =>
        scopes is null ? Of(definition, connection) : $"{Of(definition, connection)}&scopes={Uri.EscapeDataString(string.Join(' ', scopes))}";

    public static string OfDevice(ConnectionId connection) => $"/connections/{connection}/device";

    public static string OfOrganisation(StableKey definition) => $"/connect/{definition}?owner=organisation";
}
