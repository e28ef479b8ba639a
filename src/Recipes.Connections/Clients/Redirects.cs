namespace Recipes.Connections;

/// <summary>Follows redirects of requests that only read. A credential goes along within the connection's own origin and never beyond it.</summary>
internal static class Redirects
{
    private const int Most = 5;

    /// <exception cref="HttpRequestException">When a redirect leads where the egress guard lets nothing through, or there are too many.</exception>
    public static async ValueTask<HttpResponseMessage> FollowAsync(
        HttpRequestMessage first, HttpResponseMessage response, ConnectionSnapshot current, EgressGuard guard, CancellationToken cancellationToken)
    {
        var address = first.RequestUri!;
        for (var hops = 0; (int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location; hops++)
        {
            response.Dispose();
            if (hops == Most)
                throw new EgressRefusedException($"it redirected more than {Most} times.");
            address = location.IsAbsoluteUri ? location : new Uri(address, location);
            if (guard.Check(address) is { } wrong)
                throw new EgressRefusedException($"it redirected to an address that {wrong}.");

            using var next = new HttpRequestMessage(first.Method, address);
            next.Headers.Accept.ParseAdd(first.Headers.Accept.ToString() is { Length: > 0 } accept ? accept : "*/*");
            var home = current.BaseAddress;
            var isHome = address.Scheme == home.Scheme && address.Port == home.Port && string.Equals(address.IdnHost, home.IdnHost, StringComparison.OrdinalIgnoreCase);
            if (isHome)
                await current.Authenticator!.ApplyAsync(next, cancellationToken);
            else if (current.Redactor.Redact(address.AbsoluteUri) != address.AbsoluteUri)
                throw new EgressRefusedException("it redirected to another host with the credential in the address.");
            // A client certificate is a credential too.
            response = await (isHome ? current.Invoker : guard.Invoker).SendAsync(next, cancellationToken);
        }

        return response;
    }
}
