namespace Recipes.Web;

/// <summary>Addresses of the page where a person connects an account.</summary>
internal static class ConnectPath
{
    public static string Of(StableKey definition, ConnectionId? connection = null) =>
        connection is { } id ? $"/connect/{definition}?connection={id}" : $"/connect/{definition}";

    /// <param name="scopes">The scopes that are ticked when the page opens; null means the usual ones.</param>
    /// <param name="acceptsOther">Whether it may become another account's connection.</param>
    /// <param name="back">What it is authorised for.</param>
    public static string Of(StableKey definition, ConnectionId connection, IReadOnlyCollection<string>? scopes, bool acceptsOther = false, FlowReturn? back = null)
    {
        (string Name, string? Value)[] query =
        [
            ("scopes", scopes is null ? null : string.Join(' ', scopes)), ("otherAccount", acceptsOther ? "true" : null),
            ("recipe", back?.Recipe), ("installation", back?.Installation), ("installationName", back?.InstallationName),
        ];
        return $"{Of(definition, connection)}{string.Concat(query.Where(q => q.Value is not null).Select(q => $"&{q.Name}={Uri.EscapeDataString(q.Value!)}"))}";
    }

    public static string OfDevice(ConnectionId connection) => $"/connections/{connection}/device";

    /// <summary>The page that waits for consent, in a frame.</summary>
    public static string OfConsent(ConnectionId connection, IReadOnlyCollection<string>? scopes, string? recipe) =>
        With($"/connections/{connection}/consent", ("scopes", scopes is null ? null : string.Join(' ', scopes)), ("recipe", recipe));

    /// <summary>The page that says that all went well.</summary>
    public static string OfConnected(ConnectionId connection, string? recipe, bool isWizard = false) => With($"/connections/{connection}/connected", ("recipe", recipe), ("wizard", isWizard ? "1" : null));

    private static string With(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        foreach (var (name, value) in query)
        {
            if (value is not null)
                path = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={Uri.EscapeDataString(value)}";
        }

        return path;
    }

    public static string OfOrganisation(StableKey definition) => $"/connect/{definition}?owner=organisation";
}
