namespace Recipes.Conformance;

/// <summary>The authorization endpoint of a stand-in, with a person before it who consents at once.</summary>
/// <remarks>Source: RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2, RFC 9126 §4, RFC 9207 §2.</remarks>
internal static class OAuth2Consent
{
    /// <returns>Where the browser is sent back to.</returns>
    public static Uri Give(OAuth2StandIn standIn, Uri address)
    {
        var scheme = standIn.OAuth;
        var expected = standIn.AuthorizationEndpoint;
        if (address.GetLeftPart(UriPartial.Path) != expected.GetLeftPart(UriPartial.Path))
            standIn.Note(new WireFault($"the browser sent to {expected.GetLeftPart(UriPartial.Path)}", $"it was sent to {address.GetLeftPart(UriPartial.Path)}", "Look at 'authorizationEndpoint'."));
        if (scheme.AuthorizationFragment is { } fragment && address.Fragment != (fragment.StartsWith('#') ? fragment : $"#{fragment}"))
            standIn.Note(new WireFault($"the fragment #{fragment.TrimStart('#')}", $"'{address.Fragment}'", "Look at 'authorizationFragment'."));
        var shown = ReceivedRequest.Pairs(address.Query.TrimStart('?'));
        foreach (var secret in standIn.Account.Secrets.Values.Append(standIn.ClientSecret).Where(s => s is { Length: >= 8 }))
        {
            if (shown.Any(p => p.Value.Contains(secret!, StringComparison.Ordinal)))
                standIn.Note(new WireFault("no secret in an address that a browser shows", "one is there", "Take it out of 'authorizationParameters'."));
        }

        var query = Merge(standIn, shown);
        string? Get(string name) => query.LastOrDefault(p => p.Key == name).Value;
        standIn.Note(Check(standIn, query));
        var grant = new Grant
        {
            Code = standIn.HandOut($"code-{SampleAccount.RandomText(24)}"),
            CodeChallenge = Get("code_challenge"),
            RedirectUri = Get("redirect_uri"),
            Scopes = Get(scheme.ScopeParameter)?.Split(scheme.ScopeSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [],
        };
        standIn.Grants.Add(grant);
        List<KeyValuePair<string, string>> back = [new(scheme.CodeParameter, grant.Code), new("state", Get("state") ?? "")];
        if (scheme.Issuer is not null && standIn.Issuer is { } issuer)
            back.Add(new("iss", scheme.Issuer.Render(standIn.Fields)));
        back.AddRange(scheme.Captures.Where(c => c.From == CaptureSource.Callback).Select(c => KeyValuePair.Create(c.Path, standIn.SampleOf(c))));
        return new Uri($"{grant.RedirectUri ?? "https://nowhere.invalid/"}?{string.Join('&', back.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"))}");
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Merge(OAuth2StandIn standIn, IReadOnlyList<KeyValuePair<string, string>> shown)
    {
        if (standIn.PushedEndpoint is null)
            return shown;
        var uri = shown.LastOrDefault(p => p.Key == "request_uri").Value;
        if (standIn.Pushed is { } pushed && uri == OAuth2SideDoors.RequestUri)
            return pushed;
        standIn.Note(new WireFault("an authorization request that was pushed before, by its 'request_uri'", uri is null ? "it came in the address" : "another 'request_uri' came", "Look at 'pushedAuthorizationEndpoint'."));
        return shown;
    }

    private static IEnumerable<WireFault> Check(OAuth2StandIn standIn, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        var scheme = standIn.OAuth;
        string? Get(string name) => query.LastOrDefault(p => p.Key == name).Value;
        if (Get("response_type") != "code" && !scheme.AuthorizationParameters.Any(p => p.Key == "response_type"))
            yield return new("'response_type=code' in the authorization request", $"'{Get("response_type")}'", "Look at 'authorizationParameters'.");
        if (Get(scheme.ClientIdParameter) != standIn.ClientId)
            yield return new($"'{scheme.ClientIdParameter}' with the id of the OAuth app", Get(scheme.ClientIdParameter) is null ? "it did not come" : "another value came", "Look at 'clientIdParameter'.");
        if (Get("redirect_uri") is null)
            yield return new("a 'redirect_uri'", "none came", "This is a fault of Recipes, not of the connector: please report it.");
        if (Get("state") is not { Length: >= 20 })
            yield return new("a 'state' that cannot be guessed", "none came, or a short one", "This is a fault of Recipes, not of the connector: please report it.");
        var scopes = scheme.Scopes;
        var asked = Get(scheme.ScopeParameter);
        if (scopes.Count > 0 && !scheme.AuthorizationParameters.Any(p => p.Key == scheme.ScopeParameter) && !(asked ?? "").Split(scheme.ScopeSeparator, StringSplitOptions.RemoveEmptyEntries).SequenceEqual(scopes))
            yield return new($"'{scheme.ScopeParameter}' with the scopes {string.Join(", ", scopes)}, parted by '{scheme.ScopeSeparator}'", asked is null ? "it did not come" : $"'{asked}'", "Look at 'scopeSeparator' and 'scopeParameter'.");
        if (scheme.Pkce && (Get("code_challenge_method") != "S256" || Get("code_challenge") is not { Length: 43 }))
            yield return new("a PKCE challenge with S256", "none came", "Look at 'pkce'.");
        if (!scheme.Pkce && Get("code_challenge") is not null)
            yield return new("no PKCE challenge", "one came", "Look at 'pkce'.");
        foreach (var resource in scheme.Resources.Select(r => r.RenderOrNull(standIn.Fields)).OfType<string>())
        {
            if (!query.Any(p => p.Key == "resource" && p.Value == resource))
                yield return new($"'resource={resource}'", "it did not come", "Look at 'resources'.");
        }

        var scope = new WireScope { Fields = standIn.Fields, Client = (standIn.ClientId, null), Now = DateTimeOffset.UnixEpoch };
        foreach (var (name, template) in scheme.AuthorizationParameters.Where(p => !p.Value.IsPerRequest))
        {
            if (WireTemplate.Evaluate(template, scope) is { Length: > 0 } expected && Get(name) != expected)
                yield return new($"'{name}={template.Source}' in the authorization request", Get(name) is null ? "it did not come" : "another value came", "Look at 'authorizationParameters'.");
        }
    }
}
