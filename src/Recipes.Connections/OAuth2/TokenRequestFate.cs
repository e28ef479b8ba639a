namespace Recipes.Connections;

/// <summary>How far a token request got that brought no tokens: whether the provider may have replaced a refresh token all the same.</summary>
internal enum TokenRequestFate
{
    /// <summary>It never reached the provider.</summary>
    NotSent,
    /// <summary>The provider refused it in so many words.</summary>
    Answered,
    /// <summary>The connection broke after it was sent.</summary>
    Broken,
    /// <summary>No answer in time, or one that says nothing of what the provider did: a gateway's error, a success without a token.</summary>
    Unclear,
}

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
        { Status: >= 500 and not 503 } => TokenRequestFate.Unclear,
        { Status: >= 200 and < 300, Kind: FailureKind.Unknown } => TokenRequestFate.Unclear,
        _ => TokenRequestFate.Answered,
    };
}
