using System.Security.Cryptography;
using System.Text;

namespace Recipes.Conformance;

/// <summary>Answers token requests, and takes them only as the scheme declares them.</summary>
/// <remarks>Source: RFC 6749 §4 to §6, RFC 7523, RFC 7636 §4.6, RFC 8628 §3.4, RFC 8693.</remarks>
internal sealed class OAuth2TokenDesk(OAuth2StandIn standIn, TimeProvider time)
{
    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string DeviceCode = "urn:ietf:params:oauth:grant-type:device_code";
    private const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    public StandInReply Answer(ReceivedRequest request)
    {
        var scheme = standIn.OAuth;
        var isRefresh = IsRefresh(request);
        var rules = isRefresh ? scheme.RefreshRequest : scheme.TokenRequest;
        var parameters = new OAuth2Parameters(request, rules);
        if (parameters.Fault is { } wrong)
            return Refuse(400, "invalid_request", wrong);
        WireFault[] client = [.. ClientCheck.Check(standIn, request, parameters, time.GetUtcNow())];
        if (client.Length > 0 || standIn.ClientChanged)
            return Refuse(401, "invalid_client", client);

        var grant = isRefresh ? Refreshed(parameters) : scheme.Grant switch
        {
            OAuth2Grant.AuthorizationCode => OfCode(parameters),
            OAuth2Grant.DeviceCode => OfDevice(parameters),
            _ => Direct(parameters),
        };
        if (grant.Refusal is { } refusal)
            return refusal;
        var made = grant.Made!;
        if (scheme.DPoP)
        {
            standIn.Note(DPoPCheck.Check(request, null, made.KeyThumbprint, time.GetUtcNow()));
            made.KeyThumbprint ??= DPoPCheck.ThumbprintOf(request);
        }

        WireFault[] extras = [.. Extras(rules, request, parameters, made)];
        if (extras.Length > 0)
            return Refuse(400, "invalid_request", extras);
        var now = time.GetUtcNow();
        made.AccessToken = standIn.HandOut($"at-{SampleAccount.RandomText(32)}");
        made.ExpiresAt = now + standIn.TokenLife;
        var gives = scheme.NeedsConsent && (!isRefresh || standIn.Rotates);
        if (gives)
            made.RefreshToken = standIn.HandOut($"rt-{SampleAccount.RandomText(32)}");
        if (isRefresh)
            standIn.Refreshes++;
        return standIn.Replies.Write(made, now, gives);
    }

    // Its own address or its grant type tells; where both are the same and the type is left out, its token.
    private bool IsRefresh(ReceivedRequest request)
    {
        // Grants without a person bring none; an account may bring a refresh token of its own as its credential.
        if (!standIn.OAuth.NeedsConsent)
            return false;
        if (standIn.RefreshEndpoint != standIn.TokenEndpoint)
            return request.RawPath == standIn.RefreshEndpoint.AbsolutePath;
        var text = $"{request.RawQuery}&{request.Text}";
        return text.Contains("refresh_token", StringComparison.Ordinal)
            || standIn.Grants.Exists(g => g.RefreshToken is { } token && (text.Contains(token, StringComparison.Ordinal) || text.Contains(Uri.EscapeDataString(token), StringComparison.Ordinal)));
    }

    private (Grant? Made, StandInReply? Refusal) Refreshed(OAuth2Parameters parameters)
    {
        if (WrongType(parameters, standIn.OAuth.RefreshRequest, "refresh_token") is { } refusal)
            return (null, refusal);
        var sent = Value(parameters, standIn.OAuth.RefreshRequest, "refresh_token");
        // Where it travels under a name of its own, any parameter that holds it will do.
        var grant = standIn.Grants.Find(g => g.RefreshToken is not null && (g.RefreshToken == sent || (sent is null && parameters.Holds(g.RefreshToken))));
        if (grant is null)
            return (null, Refuse(400, "invalid_grant", sent is null && !standIn.OAuth.RefreshRequest.Omit.Contains("refresh_token") ? [new("'refresh_token' among the parameters of the refresh", "it did not come", "Look at 'refreshRequest'.")] : []));
        return grant.IsRevoked ? (null, Refuse(400, "invalid_grant")) : (grant, null);
    }

    private (Grant? Made, StandInReply? Refusal) OfCode(OAuth2Parameters parameters)
    {
        var scheme = standIn.OAuth;
        if (WrongType(parameters, scheme.TokenRequest, "authorization_code") is { } refusal)
            return (null, refusal);
        var code = Value(parameters, scheme.TokenRequest, scheme.CodeParameter);
        if (standIn.Grants.Find(g => g.Code is not null && (g.Code == code || (code is null && parameters.Holds(g.Code)))) is not { } grant)
            return (null, Refuse(400, "invalid_grant", new WireFault($"the code of the callback as '{scheme.CodeParameter}'", code is null ? "it did not come" : "another value came", "Look at 'codeParameter'.")));
        grant.Code = null;
        var faults = new List<WireFault>();
        if (!scheme.TokenRequest.Omit.Contains("redirect_uri") && Value(parameters, scheme.TokenRequest, "redirect_uri") != grant.RedirectUri && !Overridden(scheme.TokenRequest, "redirect_uri"))
            faults.Add(new("the same 'redirect_uri' as in the authorization request", "another one or none came", "Look at 'tokenRequest.omit'."));
        if (grant.CodeChallenge is not null && (parameters["code_verifier"] is not { } verifier || JwtCheck.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) != grant.CodeChallenge))
            faults.Add(new("the 'code_verifier' of the challenge", "another one or none came", "Look at 'pkce' and 'tokenRequest.omit'."));
        return faults.Count == 0 ? (grant, null) : (null, Refuse(400, "invalid_grant", [.. faults]));
    }

    private (Grant? Made, StandInReply? Refusal) OfDevice(OAuth2Parameters parameters)
    {
        if (WrongType(parameters, standIn.OAuth.TokenRequest, DeviceCode) is { } refusal)
            return (null, refusal);
        if (standIn.Grants.Find(g => g.DeviceCode is not null && g.DeviceCode == parameters["device_code"]) is not { } grant)
            return (null, Refuse(400, "invalid_grant", new WireFault("the 'device_code' that was issued", "another value or none came", "This is a fault of Recipes, not of the connector: please report it.")));
        return standIn.DeviceConsented ? (grant, null) : (null, StandInReply.Error(400, "authorization_pending", "the person has not decided yet"));
    }

    private (Grant? Made, StandInReply? Refusal) Direct(OAuth2Parameters parameters)
    {
        var scheme = standIn.OAuth;
        var (type, needed) = scheme.Grant switch
        {
            OAuth2Grant.ClientCredentials => ("client_credentials", new Dictionary<string, string?>()),
            OAuth2Grant.Password => ("password", new Dictionary<string, string?> { ["username"] = Known(scheme.UsernameField), ["password"] = Known(scheme.PasswordField) }),
            OAuth2Grant.JwtBearer => (JwtBearer, []),
            OAuth2Grant.TokenExchange => (TokenExchange, []),
            _ => throw new KitException($"The kit does not know the grant {scheme.Grant}."),
        };
        if (WrongType(parameters, scheme.TokenRequest, type) is { } refusal)
            return (null, refusal);
        List<WireFault> faults = [.. needed.Where(n => !scheme.TokenRequest.Omit.Contains(n.Key) && !Overridden(scheme.TokenRequest, n.Key) && parameters[n.Key] != n.Value)
            .Select(n => new WireFault($"'{n.Key}' from the field of the account", parameters[n.Key] is null ? "it did not come" : "another value came", "Look at 'usernameField' and 'passwordField'."))];
        if (scheme.Grant == OAuth2Grant.JwtBearer)
            faults.AddRange(AssertionCheck.Check(standIn, parameters["assertion"], time.GetUtcNow()));
        if (scheme.Grant == OAuth2Grant.TokenExchange && parameters["subject_token"] is null && !Overridden(scheme.TokenRequest, "subject_token") && !scheme.TokenRequest.Omit.Contains("subject_token"))
            faults.Add(new("'subject_token' among the parameters", "it did not come", "Look at 'tokenExchange'."));
        // RFC 6749 §3.3; an assertion may carry them instead.
        var scopes = parameters[scheme.ScopeParameter]?.Split(scheme.ScopeSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (scheme.Scopes.Count > 0 && scheme.Assertion?.ScopeClaim is null && !scheme.TokenRequest.Omit.Contains(scheme.ScopeParameter) && !Overridden(scheme.TokenRequest, scheme.ScopeParameter) && !scopes.SequenceEqual(scheme.Scopes))
            faults.Add(new($"'{scheme.ScopeParameter}' with {string.Join(scheme.ScopeSeparator, scheme.Scopes)}", parameters[scheme.ScopeParameter] is { } seen ? $"'{seen}' came" : "it did not come", "Look at 'scopes', 'scopeSeparator' and 'scopeParameter'."));
        if (faults.Count > 0 || standIn.CredentialChanged)
            return (null, Refuse(400, "invalid_grant", [.. faults]));
        var grant = new Grant { Scopes = scopes };
        standIn.Grants.Add(grant);
        return (grant, null);
    }

    private StandInReply? WrongType(OAuth2Parameters parameters, TokenRequestRules rules, string type)
    {
        var sent = parameters["grant_type"];
        if (rules.Omit.Contains("grant_type"))
            return sent is null ? null : Refuse(400, "invalid_request", new WireFault("no 'grant_type'", "one came", "Look at 'omit'."));
        return sent == type || Overridden(rules, "grant_type") ? null
            : Refuse(400, "unsupported_grant_type", new WireFault($"'grant_type={type}'", sent is null ? "it did not come" : $"'{sent}' came", "Look at 'grant'."));
    }

    // Declared headers and parameters, and what is declared to be left out.
    private IEnumerable<WireFault> Extras(TokenRequestRules rules, ReceivedRequest request, OAuth2Parameters parameters, Grant grant)
    {
        var scope = standIn.TemplateScope(request, grant);
        foreach (var (name, template) in rules.Headers)
        {
            if (Expected(template, scope) is { Length: > 0 } expected && request.Header(name) != expected)
                yield return new($"the header {name}: {template.Source} at the token endpoint", request.Header(name) is null ? "it is not there" : "it has another value", "Look at 'tokenRequest.headers'.");
        }

        foreach (var (name, template) in rules.Parameters)
        {
            // The code and the old refresh token are spent by now.
            if (!template.Source.Contains("tokens.", StringComparison.Ordinal) && Expected(template, scope) is { Length: > 0 } expected && !parameters.All(name).Contains(expected))
                yield return new($"'{name}={template.Source}' in the token request", parameters[name] is null ? "it is not there" : "it has another value", "Look at 'tokenRequest.parameters'.");
        }

        foreach (var name in rules.Omit.Where(n => parameters[n] is not null))
            yield return new($"no '{name}' in the token request", "it is there", "Look at 'tokenRequest.omit'.");
    }

    private static string? Expected(CredentialTemplate template, WireScope scope)
    {
        try
        {
            return WireTemplate.Evaluate(template, scope);
        }
        catch (UnpredictableException)
        {
            return null;
        }
    }

    private static bool Overridden(TokenRequestRules rules, string name) => rules.Parameters.Any(p => p.Key == name);

    private static string? Value(OAuth2Parameters parameters, TokenRequestRules rules, string name) => rules.Omit.Contains(name) ? null : parameters[name];

    private string? Known(string field) => standIn.Account.Secrets.GetValueOrDefault(field) ?? standIn.Fields.GetValueOrDefault(field);

    private StandInReply Refuse(int status, string code, params WireFault[] faults)
    {
        standIn.Note(faults);
        return StandInReply.Error(status, code, faults.Length > 0 ? "the request is not as it should be" : "not accepted");
    }
}
