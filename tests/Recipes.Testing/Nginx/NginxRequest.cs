using System.Text.Json.Serialization;

namespace Recipes.Testing;

/// <summary>One line of the access log of an <see cref="NginxServer"/>.</summary>
/// <param name="Server">"main", or "other" for <see cref="NginxServer.OtherOrigin"/>.</param>
/// <param name="Uri">Path and query as they were sent.</param>
/// <param name="Status">The status answered; 444 means that the connection was closed, 499 that the caller gave up.</param>
/// <param name="Authorization">The header Authorization, empty when missing; so are the others.</param>
/// <param name="Body">The request body, for /basic/, /admin/, /key/ and /echo/; empty elsewhere and for more than 64 KB.</param>
public sealed record NginxRequest(
    [property: JsonPropertyName("server")] string Server,
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("uri")] string Uri,
    [property: JsonPropertyName("status")] int Status,
    [property: JsonPropertyName("authorization")] string Authorization,
    [property: JsonPropertyName("api_key")] string ApiKey,
    [property: JsonPropertyName("cookie")] string Cookie,
    [property: JsonPropertyName("accept")] string Accept,
    [property: JsonPropertyName("content_type")] string ContentType,
    [property: JsonPropertyName("user_agent")] string UserAgent,
    [property: JsonPropertyName("body")] string Body);
