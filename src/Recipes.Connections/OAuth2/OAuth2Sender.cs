namespace Recipes.Connections;

/// <summary>Sends requests to a provider's own endpoints. The answer is buffered and of limited size.</summary>
internal sealed class OAuth2Sender(EgressGuard guard, TimeProvider time)
{
    private const int LargestReply = 256 * 1024;

    /// <exception cref="HttpRequestException">When there is no answer, or one that is too large.</exception>
    /// <exception cref="OperationCanceledException">When there is none in time.</exception>
    public async Task<HttpResponseMessage> SendAsync(OAuth2Request request, CancellationToken cancellationToken)
    {
        using var message = request.ToMessage();
        using var timeout = new CancellationTokenSource(guard.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var response = await guard.InvokerFor(request.Certificate).SendAsync(message, either.Token);
        try
        {
            await response.Content.LoadIntoBufferAsync(LargestReply, either.Token);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
