namespace Recipes.Connectors;

/// <summary>The keys that one kind of mapping in a connector file may have. The JSON schema has a definition of the same name with the same keys.</summary>
internal sealed record Shape(string Name, params string[] Keys)
{
    public static Shape Connector { get; } = new("connector",
        "connector", "name", "displayName", "description", "baseAddress", "fields", "schemes", "probe", "errors", "severalPerRecipe", "actions");

    public static Shape Field { get; } = new("field", "name", "label", "kind", "required", "default", "help", "example", "pattern", "choices");

    public static Shape OAuth2 { get; } = new("oauth2Scheme",
        "name", "type", "displayName", "help", "fields", "probe", "authorizationEndpoint", "tokenEndpoint", "revocationEndpoint", "issuer", "scopes", "scopeSeparator",
        "clientAuthentication", "pkce", "authorizationParameters");

    public static Shape Basic { get; } = new("basicScheme", "name", "type", "displayName", "help", "fields", "probe", "usernameField", "passwordField");

    public static Shape ApiKey { get; } = new("apiKeyScheme",
        "name", "type", "displayName", "help", "fields", "probe", "in", "parameterName", "prefix", "keyField");

    public static Shape Probe { get; } = new("probe", "method", "path", "accountLabel");

    public static Shape ErrorRule { get; } = new("errorRule", "status", "header", "headerAbsent", "bodyPath", "pattern", "kind");

    public static Shape Action { get; } = new("action", "name", "displayName", "description", "inputs", "request", "response");

    public static Shape Input { get; } = new("input", "name", "label", "type", "required", "default", "help", "example", "choices");

    public static Shape Request { get; } = new("request", "method", "path", "query", "headers", "body", "bodyType");

    public static Shape Response { get; } = new("response", "list", "output");

    public static Shape Output { get; } = new("output", "from", "label", "type");

    public static IReadOnlyList<Shape> All { get; } = [Connector, Field, OAuth2, Basic, ApiKey, Probe, ErrorRule, Action, Input, Request, Response, Output];
}
