namespace Recipes.Conformance;

/// <summary>Holds the assertion of a JWT bearer grant, or a token that a connection signs itself, against what is declared.</summary>
/// <remarks>Source: RFC 7523 §3.</remarks>
internal static class AssertionCheck
{
    private const string Look = "Look at 'assertion'.";

    public static IEnumerable<WireFault> Check(OAuth2StandIn standIn, string? assertion, DateTimeOffset now)
    {
        var rules = standIn.OAuth.Assertion!;
        var key = (rules.KeyField is { } field ? standIn.Account.Secrets.GetValueOrDefault(field) : null) ?? standIn.ClientSecret ?? "";
        var scope = new WireScope { Fields = standIn.Fields, Secrets = standIn.Account.Secrets, Client = (standIn.ClientId, standIn.ClientSecret), Now = now };
        var faults = Check(rules, assertion, key, scope).ToList();
        if (assertion is not null && JwtCheck.Read(assertion) is { } jwt)
        {
            if (rules.Audience is null && jwt.Claim("aud") is var audience && audience != standIn.TokenEndpoint.AbsoluteUri && audience != standIn.TokenEndpoint.OriginalString)
                faults.Add(new("the token endpoint as 'aud' of the assertion", $"it is {audience ?? "missing"}", "Look at 'assertion.audience'."));
            if (rules.ScopeClaim is { } claim && standIn.OAuth.Scopes.Count > 0 && jwt.Claim(claim) != string.Join(standIn.OAuth.ScopeSeparator, standIn.OAuth.Scopes))
                faults.Add(new($"the scopes as '{claim}' of the assertion", $"it is {jwt.Claim(claim) ?? "missing"}", "Look at 'assertion.scopeClaim' and 'scopes'."));
        }

        return faults;
    }

    public static IEnumerable<WireFault> Check(AssertionRules rules, string? assertion, string key, WireScope scope)
    {
        var jwt = assertion is null ? null : JwtCheck.Read(assertion);
        foreach (var problem in JwtCheck.Problems(jwt, rules.Algorithm, key, scope.Now, rules.KeyEncoding))
            yield return new("a signed assertion that can be verified", problem, Look);
        if (jwt is null)
            yield break;
        (string Name, CredentialTemplate? Template)[] usual = [("iss", rules.Issuer), ("sub", rules.Subject), ("aud", rules.Audience)];
        foreach (var (name, template) in usual.Concat(rules.Claims.Select(c => (c.Key, (CredentialTemplate?)c.Value))))
        {
            if (Expected(template, scope) is { Length: > 0 } expected && jwt.Claim(name) != expected)
                yield return new($"'{name}' of the assertion as {template!.Source}", jwt.Claim(name) is null ? "it is not there" : "it has another value", Look);
        }

        foreach (var (name, template) in rules.Header.Append(KeyValuePair.Create("kid", rules.KeyId!)))
        {
            if (Expected(template, scope) is { Length: > 0 } expected && JsonShape.Text(jwt.Header[name]) != expected)
                yield return new($"'{name}' of the assertion's header as {template.Source}", jwt.Header[name] is null ? "it is not there" : "it has another value", Look);
        }
    }

    private static string? Expected(CredentialTemplate? template, WireScope scope)
    {
        try
        {
            return template is null ? null : WireTemplate.Evaluate(template, scope);
        }
        catch (UnpredictableException)
        {
            return null;
        }
    }
}
