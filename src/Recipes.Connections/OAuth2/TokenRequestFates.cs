namespace Recipes.Connections;

/// <summary>Tells the fate of a token request from what came of it.</summary>
internal static class TokenRequestFates
{
    /// <summary>Of a request that was handed to the network.</summary>
    public static TokenRequestFate Of(Exception exception) => exception switch
    {
        // The handler's own limit for connecting; ours carries no such cause.
        OperationCanceledException { InnerException: TimeoutException } => TokenRequestFate.NotSent,
        OperationCanceledException or TimeoutException => TokenRequestFate.Unclear,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError } => TokenRequestFate.NotSent,
        // Too large, or not to be decompressed: it would come out no better a second time.
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse } or InvalidDataException => TokenRequestFate.Unclear,
        _ => TokenRequestFate.Broken,
    };

    /// <summary>Of a request that was answered, but not with tokens.</summary>
    public static TokenRequestFate Of(Failure failure) => failure switch
    {
        // What stands in front of the provider had no answer from it; the codes above 519 are those of a content delivery network.
        { Status: 502 or 504 or (>= 520 and <= 524) } => TokenRequestFate.Unclear,
        { Status: >= 200 and < 300, Kind: FailureKind.Unknown } => TokenRequestFate.Unclear,
        _ => TokenRequestFate.Answered,
    };
}
