using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>A request as it arrived on the wire.</summary>
internal sealed record ReceivedRequest
{
    public required string Method { get; init; }

    /// <summary>Scheme, host and port as the client meant them: <c>https://api.example</c>.</summary>
    public required string Origin { get; init; }
    public required string Host { get; init; }

    /// <summary>Path and query, not decoded.</summary>
    public required string Target { get; init; }

    /// <summary>By name, whatever the case; several of one name are joined by commas.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }
    public required byte[] Body { get; init; }
    public X509Certificate2? ClientCertificate { get; init; }

    public string RawPath => Target.Split('?')[0];
    public string RawQuery => Target.IndexOf('?', StringComparison.Ordinal) is > 0 and var at ? Target[(at + 1)..] : "";
    public string Path => Uri.UnescapeDataString(RawPath);
    public string Text => Encoding.UTF8.GetString(Body);
    public string Line => $"{Method} {Origin}{RawPath}";
    public IReadOnlyList<KeyValuePair<string, string>> Query => Pairs(RawQuery);
    public string? MediaType => Header("Content-Type")?.Split(';')[0].Trim().ToLowerInvariant();

    /// <summary>The fields of a form in the body; none when it is something else.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Form => MediaType == "application/x-www-form-urlencoded" ? Pairs(Text) : [];

    public JsonNode? Json
    {
        get
        {
            try
            {
                return Body.Length == 0 ? null : JsonNode.Parse(Body);
            }
            catch (System.Text.Json.JsonException)
            {
                return null;
            }
        }
    }

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>User name and password of HTTP basic authentication; null when there are none.</summary>
    public (string User, string Password)? Basic
    {
        get
        {
            if (Header("Authorization") is not { } header || !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
                return null;
            try
            {
                var pair = Encoding.UTF8.GetString(Convert.FromBase64String(header[6..])).Split(':', 2);
                return pair.Length == 2 ? (pair[0], pair[1]) : null;
            }
            catch (FormatException)
            {
                return null;
            }
        }
    }

    internal static IReadOnlyList<KeyValuePair<string, string>> Pairs(string text) =>
        [.. text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(p => KeyValuePair.Create(Decode(p[0]), p.Length > 1 ? Decode(p[1]) : ""))];

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
