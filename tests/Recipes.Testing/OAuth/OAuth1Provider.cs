using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recipes.Testing;

/// <summary>A real OAuth 1.0a provider (oauthlib on Python) with resources beside it, on loopback, in memory.</summary>
/// <remarks>
/// It has no clients at first. Any login is accepted on the consent page. The realm of a request token says what the access token may do: read (also
/// when there is none), write, admin; <c>/api/{realm}</c> is the resource that needs it. Every nonce works once, clocks may differ by five minutes,
/// and refusals come with oauth_problem, but for those of the token endpoints, which are an empty 401.
/// </remarks>
public sealed partial class OAuth1Provider : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly HttpClient _control;

    private OAuth1Provider(ServerProcess process, Uri baseAddress, Uri control)
    {
        _process = process;
        _control = new HttpClient { BaseAddress = control };
        BaseAddress = baseAddress;
    }

    public Uri BaseAddress { get; }

    public Uri RequestTokenEndpoint => new(BaseAddress, "/oauth/request_token");

    public Uri AuthorizationEndpoint => new(BaseAddress, "/oauth/authorize");

    public Uri AccessTokenEndpoint => new(BaseAddress, "/oauth/access_token");

    /// <summary>The process that serves, to look at its output.</summary>
    public ServerProcess Process => _process;

    /// <summary>Starts a server of its own on a free port.</summary>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<OAuth1Provider> StartAsync(CancellationToken cancellationToken = default)
    {
        var process = ServerProcess.Start("/usr/bin/python3", ["-B", "server.py"], RepositoryRoot.Combine("tests", "counterparties", "oauth1"));
        try
        {
            var ready = await process.LineAsync(ReadyLine(), cancellationToken);
            return new OAuth1Provider(process, new Uri(ready.Groups["address"].Value), new Uri(ready.Groups["control"].Value));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Registers a consumer, or gives it another secret or key.</summary>
    /// <param name="publicKey">PEM, for the RSA methods; null where there is none.</param>
    public Task SetClientAsync(string key, string? secret, string? publicKey = null) => OrderAsync("addClient", new { key, secret, publicKey });

    /// <summary>Removes a consumer; it is then answered with consumer_key_unknown.</summary>
    public Task DropClientAsync(string key) => OrderAsync("dropClient", new { key });

    /// <summary>An account that xAuth knows.</summary>
    public Task SetPasswordAsync(string user, string password) => OrderAsync("addUser", new { user, password });

    /// <summary>The user disconnects the app: the token is then answered with token_rejected.</summary>
    public Task RevokeAsync(string token) => OrderAsync("revoke", new { token });

    /// <summary>The token is then answered with token_expired.</summary>
    public Task ExpireAsync(string token) => OrderAsync("expire", new { token });

    /// <summary>Takes every nonce for one that was used already, or no longer does.</summary>
    public Task RefuseNoncesAsync(bool refuse) => OrderAsync("knobs", new { refuseNonces = refuse });

    /// <summary>Whether a refusal of a resource says why; otherwise it is an empty 401.</summary>
    public Task ReportProblemsAsync(bool report) => OrderAsync("knobs", new { reportsProblems = report });

    /// <summary>How token replies look: <c>form</c>, <c>html</c> (a form that claims to be HTML) or <c>json</c>.</summary>
    public Task SetReplyAsync(string reply) => OrderAsync("knobs", new { reply });

    /// <summary>Requests fail from now on, until <see cref="HealAsync"/>.</summary>
    /// <param name="path">Only to this path; null means all.</param>
    public Task FailAsync(int status, string? path = null, string? retryAfter = null, string? body = null, string? type = null) => OrderAsync("fail", new { status, path, retryAfter, body, type });

    /// <summary>Closes connections instead of answering.</summary>
    public Task DropAsync(string? path = null) => OrderAsync("fail", new { path, drop = true });

    /// <summary>Does not answer before <see cref="HealAsync"/>.</summary>
    public Task HoldAsync(string? path = null) => OrderAsync("fail", new { path, hold = true });

    /// <summary>All is as at first, but for clients, users and tokens.</summary>
    public async Task HealAsync()
    {
        await OrderAsync("heal", new { });
        await OrderAsync("knobs", new { refuseNonces = false, reportsProblems = true, reply = "form" });
    }

    /// <summary>How often each path was asked for.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountersAsync() => await _control.GetFromJsonAsync<Dictionary<string, int>>("/counters") ?? [];

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _process.DisposeAsync();
    }

    private async Task OrderAsync(string order, object body)
    {
        using var answer = await _control.PostAsJsonAsync($"/{order}", body, JsonSerializerOptions.Web);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"The provider refused the order {order}: {await answer.Content.ReadAsStringAsync()}");
    }

    [GeneratedRegex("^READY (?<address>\\S+) (?<control>\\S+)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReadyLine();
}
