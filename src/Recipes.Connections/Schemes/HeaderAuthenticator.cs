using System.Net.Http.Headers;

namespace Recipes.Connections;

/// <summary>Sets an Authorization header that was rendered once.</summary>
internal sealed class HeaderAuthenticator(AuthenticationHeaderValue header) : RequestAuthenticator
{
    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = header;
        return ValueTask.CompletedTask;
    }

    public override void Withdraw(HttpRequestMessage request) => request.Headers.Authorization = null;
}
