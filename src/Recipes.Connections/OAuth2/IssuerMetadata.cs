using System.Text.Json;

namespace Recipes.Connections;

/// <summary>What an issuer publishes about itself. Addresses are absolute; whoever uses one still asks the egress guard.</summary>
/// <remarks>Source: RFC 8414 §2, OpenID Connect Discovery §3, RFC 9126 §5, RFC 9207 §3, RFC 8628 §4.</remarks>
internal sealed record IssuerMetadata
{
    public required string Issuer { get; init; }
    public Uri? AuthorizationEndpoint { get; init; }
    public Uri? TokenEndpoint { get; init; }
    public Uri? RevocationEndpoint { get; init; }
    public Uri? IntrospectionEndpoint { get; init; }
    public Uri? DeviceAuthorizationEndpoint { get; init; }
    public Uri? PushedAuthorizationEndpoint { get; init; }
    public Uri? RegistrationEndpoint { get; init; }
    public Uri? UserInfoEndpoint { get; init; }

    /// <summary>Whether it takes authorization requests only when they were pushed.</summary>
    public bool RequiresPush { get; init; }

    /// <summary>Whether each callback names the issuer.</summary>
    public bool NamesIssuerInCallback { get; init; }

    /// <summary>False only where it lists its PKCE methods and S256 is not among them.</summary>
    public bool TakesS256 { get; init; } = true;

    /// <exception cref="JsonException">When it is no metadata.</exception>
    public static IssuerMetadata Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || Text(json, "issuer") is not { } issuer)
            throw new JsonException("No issuer.");
        return new()
        {
            Issuer = issuer,
            AuthorizationEndpoint = Address(json, "authorization_endpoint"),
            TokenEndpoint = Address(json, "token_endpoint"),
            RevocationEndpoint = Address(json, "revocation_endpoint"),
            IntrospectionEndpoint = Address(json, "introspection_endpoint"),
            DeviceAuthorizationEndpoint = Address(json, "device_authorization_endpoint"),
            PushedAuthorizationEndpoint = Address(json, "pushed_authorization_request_endpoint"),
            RegistrationEndpoint = Address(json, "registration_endpoint"),
            UserInfoEndpoint = Address(json, "userinfo_endpoint"),
            RequiresPush = Flag(json, "require_pushed_authorization_requests"),
            NamesIssuerInCallback = Flag(json, "authorization_response_iss_parameter_supported"),
            TakesS256 = !json.TryGetProperty("code_challenge_methods_supported", out var methods) || methods.ValueKind != JsonValueKind.Array
                || methods.EnumerateArray().Any(m => m.ValueKind == JsonValueKind.String && m.ValueEquals("S256")),
        };
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Uri? Address(JsonElement json, string name) => Uri.TryCreate(Text(json, name), UriKind.Absolute, out var address) ? address : null;

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
