namespace Recipes.Connections;

/// <summary>Checks tokens that somebody brings along.</summary>
internal static class TokenImport
{
    // As long as the lives that providers give; beyond it is a mistake of units.
    private const long LongestLife = 100L * 366 * 24 * 3600;

    /// <returns>Null when there is a fault.</returns>
    public static TokenSet? Read(AuthScheme scheme, ImportedTokens given, DateTimeOffset now, List<SetupFault> faults)
    {
        if (!scheme.NeedsConsent)
        {
            faults.Add(new("tokens", $"{scheme.DisplayName} takes no tokens from outside: it has values to fill in, or gets its tokens itself."));
            return null;
        }

        var before = faults.Count;
        var isOAuth2 = scheme is OAuth2Scheme;
        if (scheme is OAuth2Scheme { DPoP: true })
            faults.Add(new("tokens", $"The tokens of {scheme.DisplayName} are bound to a key that never leaves the client they were given to. Authorise the connection instead."));
        CheckToken("accessToken", given.AccessToken, isNeeded: true, faults);
        CheckToken("refreshToken", given.RefreshToken, isNeeded: false, faults);
        CheckToken("tokenSecret", given.TokenSecret, isNeeded: !isOAuth2, faults);
        if (isOAuth2 && given.TokenSecret is not null)
            faults.Add(new("tokens.tokenSecret", "Only tokens of OAuth 1.0 have a secret."));
        if (!isOAuth2 && given.RefreshToken is not null)
            faults.Add(new("tokens.refreshToken", "Tokens of OAuth 1.0 are not refreshed: there is no refresh token."));
        var expires = ReadExpiry(given, now, faults);
        if (expires <= now && given.RefreshToken is null)
            faults.Add(new(given.ExpiresAt is null ? "tokens.expiresIn" : "tokens.expiresAt", "The access token has expired, and there is no refresh token to get another one with. Authorise the connection instead."));
        CheckScopes(given.Scopes ?? [], faults);
        CheckValues(scheme, given.Values, faults);
        if (faults.Count > before)
            return null;
        var values = given.Values.ToDictionary();
        if (given.TokenSecret is { } secret)
            values[TokenSet.TokenSecret] = secret;
        return new TokenSet(given.AccessToken!, given.RefreshToken, expires, given.ExpiresIn is { } seconds ? TimeSpan.FromSeconds(seconds) : null, given.Scopes) { Values = values, IssuedAt = now };
    }

    /// <summary>Values that the flow would have filled in pass through the patterns that the connector declares for them, as they would have there.</summary>
    public static void CheckCaptured(ConnectorProfile connector, AuthScheme scheme, Dictionary<string, string> plain, List<SetupFault> faults)
    {
        foreach (var field in connector.FieldsOf(scheme).Where(f => f.Automatic && plain.ContainsKey(f.Name)))
        {
            // One that nothing fills in has no pattern, and so no value.
            if (scheme.AllCaptures.Where(c => c.Field == field.Name).Select(c => c.Read(plain[field.Name])).FirstOrDefault(v => v is not null) is { } value)
                plain[field.Name] = value;
            else
                faults.Add(new($"fields.{field.Name}", $"{field.Label} does not have the form that the app gives it: give it as it is in the app's own answer."));
        }
    }

    private static void CheckToken(string name, Secret? token, bool isNeeded, List<SetupFault> faults)
    {
        if (token is null && isNeeded)
            faults.Add(new($"tokens.{name}", "It is needed."));
        // RFC 6749 appendix A.12 and A.17; those of OAuth 1.0 are the same in practice.
        else if (token is not null && token.Reveal().AsSpan().ContainsAnyExceptInRange('!', '~'))
            faults.Add(new($"tokens.{name}", "There is a space, a line break or a letter beyond ASCII in it, which no token has. Was it copied whole, and alone?"));
    }

    private static DateTimeOffset? ReadExpiry(ImportedTokens given, DateTimeOffset now, List<SetupFault> faults)
    {
        if (given is { ExpiresAt: not null, ExpiresIn: not null })
            faults.Add(new("tokens.expiresIn", "Give either expiresAt or expiresIn."));
        if (given.ExpiresIn is not { } seconds)
            return given.ExpiresAt?.ToUniversalTime();
        if (seconds is > 0 and <= LongestLife)
            return now.AddSeconds(seconds);
        faults.Add(new("tokens.expiresIn", "It is a number of seconds above 0."));
        return null;
    }

    private static void CheckScopes(IReadOnlyList<string> scopes, List<SetupFault> faults)
    {
        for (var i = 0; i < scopes.Count; i++)
        {
            if (!DefinitionSetup.IsScope(scopes[i]))
                faults.Add(new($"tokens.scopes.{i}", "This is no scope: give one per entry, without spaces, quotes or letters beyond ASCII."));
        }
    }

    private static void CheckValues(AuthScheme scheme, IReadOnlyDictionary<string, Secret> values, List<SetupFault> faults)
    {
        var known = scheme.AllCaptures.Where(c => c.Secret is not null).DistinctBy(c => c.Secret).ToDictionary(c => c.Secret!);
        foreach (var (name, value) in values)
        {
            if (!known.TryGetValue(name, out var capture))
                faults.Add(new($"tokens.values.{name}", known.Count == 0 ? $"{scheme.DisplayName} keeps no values beside its token." : $"{scheme.DisplayName} keeps {string.Join(", ", known.Keys)} beside its token."));
            else if (capture.Read(value.Reveal()) != value.Reveal())
                faults.Add(new($"tokens.values.{name}", "The value does not have the form that the app gives it."));
        }

        foreach (var (name, _) in known.Where(k => k.Value.Required && !values.ContainsKey(k.Key)))
            faults.Add(new($"tokens.values.{name}", "It is needed: requests are made with it."));
    }
}
