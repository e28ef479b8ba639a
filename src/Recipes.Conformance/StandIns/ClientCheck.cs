namespace Recipes.Conformance;

/// <summary>Holds the authentication of a client against what the scheme declares.</summary>
/// <remarks>Source: RFC 6749 §2.3.1, RFC 7523 §2.2 and §3, RFC 8705 §2.</remarks>
internal static class ClientCheck
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private const string Look = "Set 'clientAuthentication' to what the app's documentation says: basic, basicRaw, body, none, privateKeyJwt, clientSecretJwt or tlsClientAuth.";

    public static IEnumerable<WireFault> Check(OAuth2StandIn standIn, ReceivedRequest request, OAuth2Parameters parameters, DateTimeOffset now)
    {
        var scheme = standIn.OAuth;
        var (id, secret) = (standIn.ClientId, standIn.ClientSecret);
        var way = secret is null && scheme.ClientAuthentication is ClientAuthentication.Basic or ClientAuthentication.BasicRaw or ClientAuthentication.Body ? ClientAuthentication.None : scheme.ClientAuthentication;
        switch (way)
        {
            case ClientAuthentication.Basic or ClientAuthentication.BasicRaw:
                var raw = way == ClientAuthentication.BasicRaw;
                if (request.Basic is not { } pair)
                    yield return new("the OAuth app's id and secret as HTTP basic authentication", parameters[scheme.ClientSecretParameter] is null ? "none came" : $"'{scheme.ClientSecretParameter}' came among the parameters", Look);
                else if ((raw ? pair.User : FormDecode(pair.User)) != id || (raw ? pair.Password : FormDecode(pair.Password)) != secret)
                    yield return new($"the OAuth app's id and secret as HTTP basic authentication, {(raw ? "as they are" : "form-encoded first")}", "another pair came", Look);
                break;
            case ClientAuthentication.Body:
                if ((parameters[scheme.ClientIdParameter] != id && !IsOmitted(scheme, scheme.ClientIdParameter)) || (parameters[scheme.ClientSecretParameter] != secret && !IsOmitted(scheme, scheme.ClientSecretParameter)))
                    yield return new($"'{scheme.ClientIdParameter}' and '{scheme.ClientSecretParameter}' among the parameters", request.Basic is not null ? "HTTP basic authentication came" : "they did not come, or with other values", Look);
                break;
            case ClientAuthentication.None:
                if (id.Length > 0 && parameters[scheme.ClientIdParameter] != id && !IsOmitted(scheme, scheme.ClientIdParameter))
                    yield return new($"'{scheme.ClientIdParameter}' among the parameters", "it did not come", Look);
                if (request.Basic is not null || parameters[scheme.ClientSecretParameter] is not null)
                    yield return new("no client secret: the client is public", "one came", Look);
                break;
            case ClientAuthentication.PrivateKeyJwt or ClientAuthentication.ClientSecretJwt:
                foreach (var fault in CheckAssertion(standIn, parameters, now))
                    yield return fault;
                break;
            case ClientAuthentication.TlsClientAuth:
                if (request.ClientCertificate is null)
                    yield return new("a client certificate at the token endpoint", "none came", Look);
                if (parameters[scheme.ClientIdParameter] != id)
                    yield return new($"'{scheme.ClientIdParameter}' among the parameters", "it did not come", Look);
                break;
        }
    }

    // What is left out, or set otherwise, is looked at with the other parameters.
    private static bool IsOmitted(OAuth2Scheme scheme, string parameter) =>
        new[] { scheme.TokenRequest, scheme.RefreshRequest }.Any(r => r.Omit.Contains(parameter) || r.Parameters.Any(p => p.Key == parameter));

    private static IEnumerable<WireFault> CheckAssertion(OAuth2StandIn standIn, OAuth2Parameters parameters, DateTimeOffset now)
    {
        var rules = standIn.OAuth.ClientAssertion;
        if (parameters["client_assertion_type"] != AssertionType || parameters["client_assertion"] is not { } assertion)
        {
            yield return new("'client_assertion_type' and 'client_assertion' among the parameters", "they did not come", Look);
            yield break;
        }

        var shared = standIn.OAuth.ClientAuthentication == ClientAuthentication.ClientSecretJwt;
        var algorithm = shared && !rules.Algorithm.StartsWith("HS", StringComparison.Ordinal) ? "HS256" : rules.Algorithm;
        var key = (rules.KeyField is { } field ? standIn.Account.Secrets.GetValueOrDefault(field) : null) ?? standIn.ClientSecret ?? "";
        var jwt = JwtCheck.Read(assertion);
        foreach (var problem in JwtCheck.Problems(jwt, algorithm, key, now, rules.KeyEncoding))
            yield return new("a client assertion that can be verified", problem, "Look at 'clientAssertion'.");
        if (jwt is null)
            yield break;
        if (rules.Issuer is null && jwt.Claim("iss") != standIn.ClientId)
            yield return new("the client id as 'iss' of the client assertion", "another value came", "Look at 'clientAssertion.issuer'.");
        if (rules.Subject is null && jwt.Claim("sub") != standIn.ClientId)
            yield return new("the client id as 'sub' of the client assertion", "another value came", "Look at 'clientAssertion.subject'.");
        if (jwt.Claim("jti") is null)
            yield return new("a 'jti' in the client assertion", "none came", "Look at 'clientAssertion'.");
    }

    private static string FormDecode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
