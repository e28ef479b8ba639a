namespace Recipes.Connectors;

/// <summary>The keys that one kind of mapping in a connector file may have. The JSON schema has a definition of the same name with the same keys.</summary>
internal sealed record Shape(string Name, params string[] Keys)
{
    private static readonly string[] s_call = ["method", "path", "query", "headers", "body", "bodyType", "contentType", "capture"];

    public static Shape Connector { get; } = new("connector",
        "connector", "name", "displayName", "description", "docs", "tried", "baseAddress", "headers", "fields", "schemes", "probe", "errors", "rateLimit", "checkEvery", "severalPerRecipe", "idempotencyHeader", "actions", "triggers");

    public static Shape Field { get; } = new("field", "name", "label", "kind", "required", "automatic", "default", "help", "link", "example", "pattern", "patternHelp",
        "format", "min", "max", "prefix", "suffix", "multiline", "trim", "when", "choices");

    public static Shape Choice { get; } = new("choice", "value", "label");

    public static Shape Condition { get; } = new("condition", "field", "is");

    public static Shape ClientLabels { get; } = new("clientLabels", "id", "secret", "help", "link");

    public static Shape OAuth2 { get; } = Scheme("oauth2Scheme",
        "grant", "authorizationEndpoint", "tokenEndpoint", "refreshEndpoint", "revocationEndpoint", "introspectionEndpoint", "deviceAuthorizationEndpoint",
        "pushedAuthorizationEndpoint", "discovery", "issuer", "clientAuthentication", "clientIdField", "clientSecretField", "usernameField", "passwordField", "clientAssertion", "assertion",
        "subjectToken", "subjectTokenType", "requestedTokenType", "audience", "clientLabels",
        "scopes", "scopeSeparator", "scopeParameter", "clientIdParameter", "clientSecretParameter", "pkce", "dpop", "resources", "authorizationParameters",
        "authorizationFragment", "codeParameter", "tokenRequest", "refreshRequest", "tokenResponse", "accessTokenLifetime", "refreshGrace", "capture");

    public static Shape OAuth1 { get; } = Scheme("oauth1Scheme",
        "flow", "requestTokenEndpoint", "authorizationEndpoint", "accessTokenEndpoint", "signatureMethod", "parametersIn", "realm", "bodyHash", "consumerKeyField", "consumerSecretField",
        "tokenField", "tokenSecretField", "usernameField", "passwordField", "requestTokenParameters", "authorizationParameters", "accessTokenParameters", "capture", "clientLabels");

    public static Shape Basic { get; } = Scheme("basicScheme", "usernameField", "passwordField");

    public static Shape ApiKey { get; } = Scheme("apiKeyScheme", "in", "parameterName", "prefix", "keyField");

    public static Shape Digest { get; } = Scheme("digestScheme", "usernameField", "passwordField");

    public static Shape Custom { get; } = Scheme("customScheme");

    public static Shape None { get; } = Scheme("noneScheme");

    public static Shape Jwt { get; } = Scheme("jwtScheme", "assertion");

    public static Shape AwsSignature { get; } = Scheme("awsSignatureScheme", "region", "service", "accessKeyField", "secretKeyField", "sessionTokenField");

    public static Shape Code { get; } = Scheme("codeScheme", "authenticator");

    public static Shape Login { get; } = Scheme("loginScheme", "steps", "login", "refresh", "logout");

    public static Shape LoginStep { get; } = new("loginStep", s_call);

    public static Shape LoginCall { get; } = new("loginCall",
        [.. s_call, "token", "tokenHeader", "tokenCookie", "tokenPattern", "refreshToken", "expiresIn", "expiresHeader", "expiryUnit", "lifetime", "refused"]);

    public static Shape LoginCapture { get; } = new("loginCapture", "secret", "path", "header", "cookie", "find", "pattern", "required");

    public static Shape ClientCertificate { get; } = new("clientCertificate", "certificateField", "keyField");

    public static Shape Apply { get; } = new("apply", "values", "headers", "query", "body", "path");

    public static Shape FollowUp { get; } = new("followUp", "method", "path", "capture", "accountLabel");

    public static Shape Capture { get; } = new("capture", "field", "secret", "from", "path", "pattern", "prefix", "required");

    public static Shape AnswerCapture { get; } = new("answerCapture", "field", "secret", "path", "pattern", "prefix", "required");

    public static Shape Scope { get; } = new("scope", "name", "description", "default", "required", "includes");

    public static Shape Assertion { get; } = new("assertion",
        "algorithm", "keyField", "keyEncoding", "keyId", "issuer", "subject", "audience", "scopeClaim", "claims", "header", "lifetime");

    public static Shape TokenRequest { get; } = new("tokenRequest", "method", "body", "headers", "parameters", "omit");

    public static Shape TokenResponse { get; } = new("tokenResponse", "accessToken", "refreshToken", "expiresIn", "refreshExpiresIn", "expiryUnit", "scope", "tokenType", "errors");

    public static Shape Probe { get; } = new("probe", "method", "path", "body", "passes", "accountLabel", "accountId", "introspection");

    public static Shape RateLimit { get; } = new("rateLimit", "header", "bodyPath", "unit");

    public static Shape ErrorRule { get; } = new("errorRule", "status", "header", "headerAbsent", "headerPattern", "contentType", "bodyPath", "pattern", "kind");

    public static Shape Action { get; } = new("action", "name", "displayName", "description", "scopes", "inputs", "request", "response", "pagination", "repeatable", "idempotencyHeader");

    public static Shape Input { get; } = new("input", "name", "label", "type", "required", "default", "help", "example", "choices", "options");

    public static Shape Options { get; } = new("options", "action", "value", "text");

    public static Shape Request { get; } = new("request", "method", "path", "query", "headers", "body", "bodyType");

    public static Shape Response { get; } = new("response", "format", "list", "output");

    public static Shape Pagination { get; } = new("pagination", "kind", "parameter", "in", "path", "first", "size", "more", "maximumPages");

    public static Shape Output { get; } = new("output", "from", "label", "type");

    public static Shape PollTrigger { get; } = Trigger("pollTrigger", "every", "first", "request", "list", "format", "order", "pagination", "cursor");

    public static Shape WebhookTrigger { get; } = Trigger("webhookTrigger", "list", "where", "signature", "secret", "setup", "challenge", "register", "unregister");

    public static Shape Cursor { get; } = new("cursor", "kind", "path", "type", "overlap", "address", "more");

    public static Shape Signature { get; } = new("signature",
        "scheme", "algorithm", "content", "key", "encoding", "header", "prefix", "part", "separator", "idHeader", "timestamp", "query", "bodyPath", "userName");

    public static Shape SignatureTimestamp { get; } = new("signatureTimestamp", "header", "part", "bodyPath", "unit", "tolerance");

    public static Shape WebhookSecret { get; } = new("webhookSecret", "origin", "label");

    public static Shape Challenge { get; } = new("challenge", "when", "answer", "sign", "status", "verified");

    public static Shape Register { get; } = new("register", "request", "id", "secret", "expiresAt", "keep");

    public static Shape Unregister { get; } = new("unregister", "request");

    /// <summary>A kind of trigger: the keys that both have, and its own.</summary>
    private static Shape Trigger(string name, params string[] own) =>
        new(name, ["kind", "name", "displayName", "description", "scopes", "inputs", "recordId", "recordVersion", "output", .. own]);

    /// <summary>A type of scheme: the keys that all have, and its own.</summary>
    private static Shape Scheme(string name, params string[] own) =>
        new(name, ["name", "type", "displayName", "help", "fields", "probe", "apply", "clientCertificate", "afterConnect", "revoke", .. own]);

    public static IReadOnlyList<Shape> All { get; } =
    [
        Connector, Field, Choice, Condition, ClientLabels, OAuth2, OAuth1, Basic, Digest, ApiKey, Custom, Login, LoginStep, LoginCall, LoginCapture, Jwt, AwsSignature, Code, None,
        ClientCertificate, Apply, FollowUp, Capture, AnswerCapture, Scope, Assertion, TokenRequest, TokenResponse,
        Probe, RateLimit, ErrorRule, Action, Input, Options, Request, Response, Pagination, Output,
        PollTrigger, WebhookTrigger, Cursor, Signature, SignatureTimestamp, WebhookSecret, Challenge, Register, Unregister,
    ];
}
