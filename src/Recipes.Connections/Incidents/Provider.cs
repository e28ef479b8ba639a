namespace Recipes.Connections;

/// <summary>What answers many connections alike: a host, as one connector talks to it.</summary>
/// <param name="Connector">Name of the connector.</param>
/// <param name="Host">Name and port: of the token endpoint where refreshes are refused, of the app's address where requests are.</param>
public sealed record Provider(string Connector, string Host)
{
    public static Provider Parse(string text) => text.Split(' ') is [var connector, var host] ? new(connector, host) : throw new FormatException($"'{text}' is no provider.");

    public override string ToString() => $"{Connector} {Host}";

    /// <summary>The host of a scheme's token endpoint.</summary>
    /// <returns>Null where none is known: of OAuth 2.0 alone it is known where tokens come from; others get theirs from the app itself.</returns>
    internal static string? TokenHostOf(AuthScheme scheme, IReadOnlyDictionary<string, string> fields) =>
        scheme is OAuth2Scheme oauth ? HostOf((oauth.RefreshEndpoint ?? oauth.TokenEndpoint ?? oauth.Discovery)?.RenderOrNull(fields)) : null;

    internal static string? HostOf(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var parsed) ? HostOf(parsed) : null;

    internal static string HostOf(Uri address) => $"{address.IdnHost}:{address.Port}";
}
