namespace Recipes.Connections;

/// <summary>The egress guard let no request go to that address. The message names the host only.</summary>
public sealed class EgressRefusedException(string message) : HttpRequestException(HttpRequestError.ConnectionError, message);
