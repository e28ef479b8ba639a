using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connections;

/// <summary>What an authorization request says, with the scheme's deviations.</summary>
/// <remarks>Source: RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2.1, RFC 9126 §4.</remarks>
internal static class AuthorizationRequest
{
    // These bind the answer to the browser that asked: no connector may fix them.
    private static readonly string[] s_own = ["state", "redirect_uri", "code_challenge", "code_challenge_method"];

    /// <param name="verifier">The PKCE verifier; null where there is none.</param>
    public static List<KeyValuePair<string, string>> Parameters(OAuth2Scheme scheme, SchemeInputs inputs, string redirectUri, string state, string? verifier, IReadOnlyList<string> scopes)
    {
        List<KeyValuePair<string, string>> all =
        [
            new("response_type", "code"), new(scheme.ClientIdParameter, inputs.Client!.Id), new("redirect_uri", redirectUri), new("state", state),
        ];
        if (scopes.Count > 0)
            all.Add(new(scheme.ScopeParameter, string.Join(scheme.ScopeSeparator, scopes)));
        if (verifier is not null)
            all.AddRange([new("code_challenge", System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), new("code_challenge_method", "S256")]);
        all.AddRange(Resources(scheme, inputs.Fields));
        var scope = new CredentialScope(inputs);
        foreach (var (name, template) in scheme.AuthorizationParameters.Where(p => !s_own.Contains(p.Key)))
        {
            all.RemoveAll(p => p.Key == name);
            if (template.RenderOrNull(scope) is { } value)
                all.Add(new(name, value));
        }

        return all;
    }

    /// <summary>Those of a device authorization request: RFC 8628 §3.1. The client's id comes with its authentication.</summary>
    public static List<KeyValuePair<string, string>> DeviceParameters(OAuth2Scheme scheme, SchemeInputs inputs, IReadOnlyList<string> scopes)
    {
        List<KeyValuePair<string, string>> all = [];
        // Needed there whatever the client authenticates with.
        if (scheme.ClientAuthentication is ClientAuthentication.Basic or ClientAuthentication.BasicRaw)
            all.Add(new(scheme.ClientIdParameter, inputs.Client!.Id));
        if (scopes.Count > 0)
            all.Add(new(scheme.ScopeParameter, string.Join(scheme.ScopeSeparator, scopes)));
        all.AddRange(Resources(scheme, inputs.Fields));
        var scope = new CredentialScope(inputs);
        foreach (var (name, template) in scheme.AuthorizationParameters)
        {
            all.RemoveAll(p => p.Key == name);
            if (template.RenderOrNull(scope) is { } value)
                all.Add(new(name, value));
        }

        return all;
    }

    /// <summary>The resources that the token is for, for the authorization and the token request.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Resources(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields) =>
        scheme.Resources.Select(r => r.RenderOrNull(fields)).OfType<string>().Select(r => new KeyValuePair<string, string>("resource", r));

    public static Uri Address(Uri endpoint, IEnumerable<KeyValuePair<string, string>> parameters, string? fragment)
    {
        var text = string.Join('&', parameters.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
        return new UriBuilder(endpoint) { Query = endpoint.Query.Length > 1 ? $"{endpoint.Query[1..]}&{text}" : text, Fragment = fragment ?? "" }.Uri;
    }
}
