namespace Recipes.Connections;

/// <summary>What came of one request through a connection. Dispose it: it owns the response.</summary>
/// <param name="Response">The answer; null when there was none (or the connection may not be used).</param>
/// <param name="Failure">Null on success.</param>
/// <param name="RequestLine">Method and address without secrets, for the journal.</param>
public sealed record ConnectionReply(HttpResponseMessage? Response, Failure? Failure, string RequestLine) : IDisposable
{
    public void Dispose() => Response?.Dispose();
}
