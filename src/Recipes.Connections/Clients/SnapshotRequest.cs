namespace Recipes.Connections;

/// <summary>Sends one request with the credential of a snapshot, outside of what runs and probes do: nothing is refreshed, judged or recorded.</summary>
internal static class SnapshotRequest
{
    /// <param name="request">Its address has passed the egress guard.</param>
    public static async Task<HttpResponseMessage> SendAsync(ConnectionSnapshot seen, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri;
        await seen.Authenticator!.ApplyAsync(request, cancellationToken);
        var response = await seen.Invoker.SendAsync(request, cancellationToken);
        // As LiveConnection does: a challenge is answered once.
        if ((int)response.StatusCode is 400 or 401 && seen.Authenticator.TakeChallenge(response))
        {
            response.Dispose();
            seen.Authenticator.Withdraw(request);
            request.RequestUri = address;
            await seen.Authenticator.ApplyAsync(request, cancellationToken);
            response = await seen.Invoker.SendAsync(request, cancellationToken);
        }

        seen.Authenticator.Answered(response);
        return response;
    }
}
