using System.Globalization;

namespace Recipes.Conformance;

/// <summary>A provider of OAuth 1.0a and the API behind it; every signature is verified.</summary>
/// <remarks>Source: RFC 5849; xAuth as Twitter and others describe it.</remarks>
internal sealed class OAuth1StandIn(ConnectorProfile connector, OAuth1Scheme scheme, SampleAccount account, TimeProvider time) : StandIn(connector, scheme, account, time)
{
    private const string Verifier = "kit-verifier-1";
    private const string Look = "Look at 'signatureMethod', 'parametersIn' and the fields of the consumer and the token.";
    private readonly Dictionary<string, string> _requestTokens = [];
    private readonly Dictionary<string, string> _tokens = [];
    private readonly HashSet<string> _nonces = [];
    private string? _callback;

    public override IEnumerable<Uri> OwnAddresses => new[] { Address(scheme.RequestTokenEndpoint), Address(scheme.AuthorizationEndpoint), Address(scheme.AccessTokenEndpoint) }.OfType<Uri>();

    private string ConsumerKey => (scheme.ConsumerKeyField is { } own ? Known(own) : Account.Client?.Id) ?? "";
    private string ConsumerSecret => (scheme.ConsumerSecretField is { } own ? Known(own) : Account.Client?.Secret) ?? "";

    protected override Door OwnDoorOf(ReceivedRequest request) =>
        new[] { scheme.RequestTokenEndpoint, scheme.AccessTokenEndpoint }.Any(e => Address(e) is { } address && Same(address, request)) ? Door.Token : Door.Api;

    public override void LoseTokens() => _tokens.Clear();

    public override Uri Consent(Uri address)
    {
        var query = ReceivedRequest.Pairs(address.Query.TrimStart('?'));
        var token = query.LastOrDefault(p => p.Key == "oauth_token").Value;
        if (Address(scheme.AuthorizationEndpoint) is { } expected && address.GetLeftPart(UriPartial.Path) != expected.GetLeftPart(UriPartial.Path))
            Note(new WireFault($"the browser sent to {expected.GetLeftPart(UriPartial.Path)}", $"it was sent to {address.GetLeftPart(UriPartial.Path)}", "Look at 'authorizationEndpoint'."));
        if (token is null || !_requestTokens.ContainsKey(token))
            Note(new WireFault("the request token in the authorization address", token is null ? "none is there" : "another one is there", "This is a fault of Recipes, not of the connector: please report it."));
        List<KeyValuePair<string, string>> back = [new("oauth_token", token ?? ""), new("oauth_verifier", HandOut(Verifier))];
        back.AddRange(scheme.Captures.Where(c => c.From == CaptureSource.Callback).Select(c => KeyValuePair.Create(c.Path, SampleOf(c))));
        return new Uri($"{_callback ?? "https://nowhere.invalid/"}?{Form(back)}");
    }

    protected override StandInReply AnswerOwn(Door door, ReceivedRequest request)
    {
        var check = new OAuth1Check(request);
        var isFirst = Address(scheme.RequestTokenEndpoint) is { } first && Same(first, request) && check["oauth_token"] is null;
        var secret = check["oauth_token"] is { } given ? _requestTokens.GetValueOrDefault(given) : "";
        WireFault[] faults = [.. CheckSignature(check, request, secret ?? ""), .. isFirst ? CheckParameters(scheme.RequestTokenParameters, request) : [.. CheckParameters(scheme.AccessTokenParameters, request), .. CheckGrant(check, request)]];
        Note(faults);
        if (request.Method != "POST")
            Note(new WireFault("a token request by POST", $"it came by {request.Method}", "This is a fault of Recipes, not of the connector: please report it."));
        if (faults.Length > 0 || (CredentialChanged && !isFirst))
            return Refusal;
        var (token, tokenSecret) = ($"{(isFirst ? "request" : "access")}-{SampleAccount.RandomText(16)}", HandOut($"secret-{SampleAccount.RandomText(24)}"));
        List<KeyValuePair<string, string>> reply = [new("oauth_token", token), new("oauth_token_secret", tokenSecret)];
        if (isFirst)
        {
            _callback = check["oauth_callback"];
            _requestTokens[token] = tokenSecret;
            reply.Add(new("oauth_callback_confirmed", "true"));
        }
        else
        {
            _tokens[HandOut(token)] = tokenSecret;
            reply.AddRange(scheme.Captures.Where(c => c.From == CaptureSource.TokenReply).Select(c => KeyValuePair.Create(c.Path, SampleOf(c))));
        }

        return new StandInReply(200, "application/x-www-form-urlencoded", Form(reply));
    }

    protected override IEnumerable<WireFault> CheckCredential(ReceivedRequest request)
    {
        var check = new OAuth1Check(request);
        var token = check["oauth_token"];
        var secret = scheme.Flow switch
        {
            OAuth1Flow.TwoLegged => "",
            OAuth1Flow.Token => token == Known(scheme.TokenField) ? Known(scheme.TokenSecretField) ?? "" : null,
            _ => token is null ? null : _tokens.GetValueOrDefault(token),
        };
        if (secret is null)
            return [new("the access token that was issued", token is null ? "no 'oauth_token' came" : "another one came", Look)];
        return [.. CheckSignature(check, request, secret), .. CheckApply(request)];
    }

    private IEnumerable<WireFault> CheckSignature(OAuth1Check check, ReceivedRequest request, string tokenSecret)
    {
        if (!check.IsSigned)
        {
            yield return new("a signed request", "it has no 'oauth_signature'", "Look at what 'apply' puts in place of the Authorization header.");
            yield break;
        }

        var method = OAuth1SignatureMethods.NameOf(scheme.SignatureMethod);
        // Without a form there is no body to put them into.
        var place = scheme.ParametersIn == OAuth1ParameterLocation.Body && request.Form.Count == 0 ? OAuth1ParameterLocation.Header : scheme.ParametersIn;
        if (check.Location != place)
            yield return new($"the parameters of OAuth in the {place.ToString().ToLowerInvariant()}", $"they came in the {check.Location.ToString().ToLowerInvariant()}", "Look at 'parametersIn'.");
        if (check["oauth_signature_method"] != method)
            yield return new($"'oauth_signature_method={method}'", $"'{check["oauth_signature_method"]}' came", "Look at 'signatureMethod'.");
        else if (!check.Verifies(scheme.SignatureMethod, ConsumerSecret, tokenSecret))
            yield return new("a signature with the right secrets over this very request", "another one came", Look);
        if (check["oauth_consumer_key"] != ConsumerKey)
            yield return new("the consumer key", "another one came", Look);
        if (scheme.Realm?.RenderOrNull(Fields) is { } realm && check.Location == OAuth1ParameterLocation.Header && check.InHeader.FirstOrDefault(p => p.Key == "realm").Value != realm)
            yield return new($"realm=\"{realm}\" in the header", "it is not there, or another one", "Look at 'realm'.");
        if (scheme.SignatureMethod == OAuth1SignatureMethod.PlainText)
            yield break;
        if (check["oauth_timestamp"] != Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) || check["oauth_nonce"] is not { Length: >= 8 } nonce || !_nonces.Add(nonce))
            yield return new("this moment as timestamp, and a nonce that never came before", "others came", "This is a fault of Recipes, not of the connector: please report it.");
        if (scheme.BodyHash && request.Body.Length > 0 && check.BodyHash(scheme.SignatureMethod) is { } hash && check["oauth_body_hash"] != hash)
            yield return new("the hash of the body as 'oauth_body_hash'", check["oauth_body_hash"] is null ? "it is not there" : "another one came", "Look at 'bodyHash'.");
    }

    private IEnumerable<WireFault> CheckGrant(OAuth1Check check, ReceivedRequest request)
    {
        if (scheme.Flow == OAuth1Flow.XAuth)
        {
            if (check["x_auth_username"] != Known(scheme.UsernameField) || check["x_auth_password"] != Known(scheme.PasswordField) || check["x_auth_mode"] != "client_auth")
                yield return new("user name and password as 'x_auth_username', 'x_auth_password', with 'x_auth_mode=client_auth'", "they did not come, or with other values", "Look at 'usernameField' and 'passwordField'.");
        }
        else if (check["oauth_token"] is not { } token || !_requestTokens.ContainsKey(token) || check["oauth_verifier"] != Verifier)
        {
            yield return new("the request token and the verifier of the callback", "they did not come", "This is a fault of Recipes, not of the connector: please report it.");
        }
    }

    private IEnumerable<WireFault> CheckParameters(IEnumerable<KeyValuePair<string, CredentialTemplate>> declared, ReceivedRequest request)
    {
        var scope = Scope(request);
        foreach (var (name, template) in declared)
        {
            if (WireTemplate.Evaluate(template, scope) is { Length: > 0 } expected && !request.Form.Concat(request.Query).Concat(new OAuth1Check(request).InHeader).Any(p => p.Key == name && p.Value == expected))
                yield return new($"'{name}={template.Source}' in the token request", "it is not there, or has another value", "Look at 'requestTokenParameters' and 'accessTokenParameters'.");
        }
    }

    private string? Known(string field) => Account.Secrets.GetValueOrDefault(field) ?? Fields.GetValueOrDefault(field);

    private Uri? Address(FieldTemplate? template) => template?.RenderOrNull(Fields) is { } text ? new Uri(text) : null;

    private static string Form(IEnumerable<KeyValuePair<string, string>> pairs) => string.Join('&', pairs.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
}
