using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Recipes.Testing;

/// <summary>A page in the browser, with what went wrong on it.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _consoleErrors = new();
    private readonly ConcurrentQueue<string> _failedRequests = new();
    private readonly ConcurrentQueue<string> _requests = new();

    internal BrowserPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error")
            {
                _consoleErrors.Enqueue($"{message.Text} ({message.Location})");
            }
        };
        page.PageError += (_, error) => _consoleErrors.Enqueue(error);
        page.Request += (_, request) => _requests.Enqueue(request.Url);
        page.RequestFailed += (_, request) => _failedRequests.Enqueue($"{request.Method} {request.Url}: {request.Failure}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                _failedRequests.Enqueue($"{response.Request.Method} {response.Url}: {response.Status}");
            }
        };
    }

    /// <summary>The page itself.</summary>
    public IPage Page { get; }

    /// <summary>The profile, for cookies and further pages.</summary>
    public IBrowserContext Context => _context;

    /// <summary>Errors in the console until now: scripts, blocked resources, policy violations.</summary>
    public IReadOnlyList<string> ConsoleErrors => [.. _consoleErrors];

    /// <summary>Requests that got no answer or one of 400 and above, until now.</summary>
    public IReadOnlyList<string> FailedRequests => [.. _failedRequests];

    /// <summary>The addresses of all requests until now.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
