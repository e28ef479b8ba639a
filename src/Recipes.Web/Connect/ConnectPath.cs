namespace Recipes.Web;

/// <summary>Addresses of the page where a person connects an account.</summary>
internal static class ConnectPath
{
    public static string Of(StableKey definition, ConnectionId? connection = null) =>
        connection is { } id ? $"/connect/{definition}?connection={id}" : $"/connect/{definition}";

    /// <param name="scopes">The scopes that are ticked when the page opens; null means the usual ones.</param>
    /// <param name="acceptsOther">Whether it may become another account's connection.</param>
    public static string Of(StableKey definition, ConnectionId connection, IReadOnlyCollection<string>? scopes, bool acceptsOther = false) =>
        $"{Of(definition, connection)}{(scopes is null ? "" : $"&scopes={Uri.EscapeDataString(string.Join(' ', scopes))}")}{(acceptsOther ? "&otherAccount=true" : "")}";

    public static string OfDevice(ConnectionId connection) => $"/connections/{connection}/device";

    public static string OfOrganisation(StableKey definition) => $"/connect/{definition}?owner=organisation";
}
