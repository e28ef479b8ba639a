using System.Text.Json.Nodes;

namespace Recipes.Connections;

/// <summary>What an assertion says where its rules say nothing.</summary>
/// <param name="IsShared">Whether it is signed with a shared secret whatever the rules say.</param>
internal readonly record struct AssertionDefaults(string? Issuer, string? Subject, string? Audience, bool IsShared = false);

/// <summary>Signed assertions: each with an id of its own, valid from now for a short while.</summary>
/// <remarks>Source: RFC 7523 §3.</remarks>
internal static class Assertion
{
    /// <exception cref="FormatException">When there is no key, or it is none for the algorithm, or a template lacks a value.</exception>
    public static string Sign(OAuth2Account account, AssertionRules rules, AssertionDefaults defaults) =>
        Sign(account.NewScope(), rules, KeyOf(account, rules), defaults, account.Scopes.Count > 0 ? string.Join(account.Scheme.ScopeSeparator, account.Scopes) : null);

    /// <param name="scopes">For the claim that the rules name; null leaves it out.</param>
    /// <inheritdoc cref="Sign(OAuth2Account, AssertionRules, AssertionDefaults)"/>
    public static string Sign(CredentialScope scope, AssertionRules rules, Secret secret, AssertionDefaults defaults = default, string? scopes = null)
    {
        var algorithm = defaults.IsShared && !rules.Algorithm.StartsWith("HS", StringComparison.Ordinal) ? "HS256" : rules.Algorithm;
        using var key = SigningKey.Parse(algorithm, secret, rules.KeyEncoding);
        var header = new JsonObject { ["typ"] = "JWT" };
        Put(header, "kid", rules.KeyId, null, scope);
        foreach (var (name, template) in rules.Header)
            Put(header, name, template, null, scope);

        var now = scope.Now.ToUnixTimeSeconds();
        var claims = new JsonObject();
        Put(claims, "iss", rules.Issuer, defaults.Issuer, scope);
        Put(claims, "sub", rules.Subject, defaults.Subject, scope);
        Put(claims, "aud", rules.Audience, defaults.Audience, scope);
        claims["iat"] = now;
        claims["exp"] = now + (long)rules.Lifetime.TotalSeconds;
        claims["jti"] = Guid.NewGuid().ToString("N");
        if (rules.ScopeClaim is { } scopeClaim && scopes is not null)
            claims[scopeClaim] = scopes;
        foreach (var (name, template) in rules.Claims)
            Put(claims, name, template, null, scope);
        return JsonWebSignature.Sign(key, header, claims);
    }

    /// <summary>The key that <paramref name="rules"/> name: a secret field, or the client secret.</summary>
    public static Secret KeyOf(OAuth2Account account, AssertionRules rules) => rules.KeyField is { } field
        ? account.Credential.Secrets.GetValueOrDefault(field) ?? throw new FormatException($"The field '{field}' has no value.")
        : account.Client?.Secret ?? throw new FormatException($"The connection definition '{account.Definition.Key}' has no client secret to sign an assertion with.");

    // A template that comes out empty takes the usual member out.
    private static void Put(JsonObject json, string name, CredentialTemplate? template, string? otherwise, CredentialScope scope)
    {
        if ((template is null ? otherwise : template.RenderOrNull(scope)) is { } value)
            json[name] = value;
        else if (template is not null)
            json.Remove(name);
    }
}
