namespace Recipes.Connections;

/// <summary>The parameters that each grant sends to the token endpoint.</summary>
/// <remarks>Source: RFC 6749 §4 and §6, RFC 7523 §2.1, RFC 8628 §3.4, RFC 8693 §2.1, RFC 8707 §2.</remarks>
internal static class GrantParameters
{
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string DeviceCode = "urn:ietf:params:oauth:grant-type:device_code";

    public static void AddCode(OAuth2Request request, OAuth2Account account, string code, string? verifier, string redirectUri)
    {
        request.Add("grant_type", "authorization_code");
        request.AddSecret(account.Scheme.CodeParameter, code);
        request.Add("redirect_uri", redirectUri);
        if (verifier is not null)
            request.AddSecret("code_verifier", verifier);
        AddResources(request, account);
    }

    public static void AddDeviceCode(OAuth2Request request, string deviceCode)
    {
        request.Add("grant_type", DeviceCode);
        request.AddSecret("device_code", deviceCode);
    }

    public static void AddRefresh(OAuth2Request request, OAuth2Account account)
    {
        request.Add("grant_type", "refresh_token");
        request.AddSecret("refresh_token", account.Credential.Tokens!.RefreshToken!.Reveal());
        AddResources(request, account);
    }

    /// <summary>Those of a grant that takes no person.</summary>
    /// <exception cref="FormatException">When a value that the grant needs is missing.</exception>
    public static void AddAcquisition(OAuth2Request request, OAuth2Account account)
    {
        switch (account.Scheme.Grant)
        {
            case OAuth2Grant.ClientCredentials:
                request.Add("grant_type", "client_credentials");
                break;
            case OAuth2Grant.Password:
                request.Add("grant_type", "password");
                request.Add("username", Needed(account, account.Scheme.UsernameField));
                request.AddSecret("password", Needed(account, account.Scheme.PasswordField));
                break;
            case OAuth2Grant.JwtBearer:
                request.Add("grant_type", JwtBearer);
                var rules = account.Scheme.Assertion ?? throw new FormatException("The scheme declares no assertion.");
                request.AddSecret("assertion", Assertion.Sign(account, rules, new(account.Client?.Id, account.Client?.Id, request.Address.OriginalString)));
                break;
            case OAuth2Grant.TokenExchange:
                AddExchange(request, account, account.Scheme.TokenExchange ?? throw new FormatException("The scheme declares no token to exchange."));
                break;
            default:
                throw new InvalidOperationException($"The grant {account.Scheme.Grant} takes a person.");
        }

        // Scopes in the assertion are said once.
        if (account.Scopes.Count > 0 && account.Scheme is not { Grant: OAuth2Grant.JwtBearer, Assertion.ScopeClaim: not null })
            request.Add(account.Scheme.ScopeParameter, string.Join(account.Scheme.ScopeSeparator, account.Scopes));
        AddResources(request, account);
    }

    private static void AddExchange(OAuth2Request request, OAuth2Account account, TokenExchangeRules rules)
    {
        var scope = account.NewScope();
        request.Add("grant_type", TokenExchange);
        request.AddSecret("subject_token", rules.SubjectToken.RenderOrNull(scope) ?? throw new FormatException("The token to exchange has no value."));
        request.Add("subject_token_type", rules.SubjectTokenType?.RenderOrNull(scope) ?? TokenExchangeRules.AccessTokenType);
        if (rules.RequestedTokenType?.RenderOrNull(scope) is { } requested)
            request.Add("requested_token_type", requested);
        if (rules.Audience?.RenderOrNull(scope) is { } audience)
            request.Add("audience", audience);
    }

    private static void AddResources(OAuth2Request request, OAuth2Account account)
    {
        foreach (var resource in account.Scheme.Resources)
        {
            if (resource.RenderOrNull(account.Fields) is { } value)
                request.Add("resource", value);
        }
    }

    private static string Needed(OAuth2Account account, string field) =>
        account.Credential.Secrets.GetValueOrDefault(field)?.Reveal() ?? account.Fields.GetValueOrDefault(field) ?? throw new FormatException($"The field '{field}' has no value.");
}
