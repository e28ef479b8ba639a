using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Recipes.Testing.Tests;

public sealed class NginxServerTests
{
    [NginxFact]
    public async Task A_changed_password_counts_at_once()
    {
        await using var nginx = await NginxServer.StartAsync();
        using var client = new HttpClient { BaseAddress = nginx.BaseAddress };

        (await StatusAsync(client, "basic/x", "alice", "alice-pw")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(client, "basic/x", "alice", "wrong")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(client, "admin/x", "alice", "alice-pw")).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(client, "admin/x", "admin", "admin-pw")).ShouldBe(HttpStatusCode.OK);
        await nginx.SetPasswordAsync("alice", "another:pw");

        (await StatusAsync(client, "basic/x", "alice", "alice-pw")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(client, "basic/x", "alice", "another:pw")).ShouldBe(HttpStatusCode.OK);
    }

    [NginxFact]
    public async Task A_removed_key_is_refused_at_once()
    {
        await using var nginx = await NginxServer.StartAsync();
        using var client = new HttpClient { BaseAddress = nginx.BaseAddress };
        await nginx.AddKeyAsync("key-three");

        (await client.GetAsync("key/x?api_key=key-three")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await nginx.RemoveKeyAsync("key-three");

        (await client.GetAsync("key/x?api_key=key-three")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetAsync("key/x")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetAsync("key/x?api_key=../users")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.PostAsync("key/x?api_key=key-readonly-2", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetAsync("key/x?api_key=key-readonly-2")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [NginxTheory]
    [InlineData("limited/x", 429, "5")]
    [InlineData("maintenance/x", 503, "120")]
    [InlineData("maintenance-until/x", 503, "Wed, 21 Oct 2037 07:28:00 GMT")]
    [InlineData("error/x", 500, null)]
    [InlineData("down/x", 502, null)]
    [InlineData("hang/x", 504, null)]
    [InlineData("missing/x", 404, null)]
    [InlineData("error-in-200/x", 200, null)]
    public async Task A_location_fails_as_told(string path, int status, string? retryAfter)
    {
        await using var nginx = await NginxServer.StartAsync();
        using var client = new HttpClient { BaseAddress = nginx.BaseAddress };

        using var answer = await client.PostAsync(path, new StringContent("{}"));

        ((int)answer.StatusCode).ShouldBe(status);
        (answer.Headers.TryGetValues("Retry-After", out var values) ? string.Join(',', values) : null).ShouldBe(retryAfter);
    }

    [NginxTheory]
    [InlineData(NginxFault.RateLimited, 429)]
    [InlineData(NginxFault.Maintenance, 503)]
    [InlineData(NginxFault.Error, 500)]
    [InlineData(NginxFault.BadGateway, 502)]
    [InlineData(NginxFault.GatewayTimeout, 504)]
    [InlineData(NginxFault.Forbidden, 403)]
    public async Task A_fault_on_order_ends_on_order(NginxFault fault, int status)
    {
        await using var nginx = await NginxServer.StartAsync();
        using var client = new HttpClient { BaseAddress = nginx.BaseAddress };

        await nginx.FailAsync(fault);
        var failed = await StatusAsync(client, "basic/x", "alice", "alice-pw");
        var failedKey = (await client.GetAsync("key/x?api_key=key-live-1")).StatusCode;
        await nginx.FailAsync(NginxFault.None);

        ((int)failed).ShouldBe(status);
        ((int)failedKey).ShouldBe(status);
        (await StatusAsync(client, "basic/x", "alice", "alice-pw")).ShouldBe(HttpStatusCode.OK);
    }

    [NginxFact]
    public async Task Dropped_and_silent_answers_are_no_answers()
    {
        await using var nginx = await NginxServer.StartAsync();
        using var client = new HttpClient { BaseAddress = nginx.BaseAddress, Timeout = TimeSpan.FromMilliseconds(300) };

        await nginx.FailAsync(NginxFault.Drop);
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("key/x?api_key=key-live-1"));
        await nginx.FailAsync(NginxFault.Hang);

        await Should.ThrowAsync<TaskCanceledException>(() => client.GetAsync("key/x?api_key=key-live-1"));
    }

    [NginxFact]
    public async Task The_log_shows_every_request_with_its_credentials_and_body()
    {
        await using var nginx = await NginxServer.StartAsync();
        using var client = new HttpClient { BaseAddress = nginx.BaseAddress };
        client.DefaultRequestHeaders.Add("X-Api-Key", "key-live-1");

        var echo = await (await client.PostAsync("key/deals?q=a%20b", new StringContent("{\"a\":\"b\"}", Encoding.UTF8, "application/json"))).Content.ReadAsStringAsync();
        using var redirected = await client.GetAsync("redirect/other");
        var requests = await nginx.RequestsAsync();

        echo.ShouldContain("\"uri\":\"/key/deals?q=a%20b\"");
        echo.ShouldContain("\"x-api-key\":\"key-live-1\"");
        requests.Select(request => (request.Server, request.Method, request.Uri, request.Status)).ShouldBe(
            [("main", "POST", "/key/deals?q=a%20b", 200), ("main", "GET", "/redirect/other", 302), ("other", "GET", "/echo/redirected", 200)]);
        requests[0].Body.ShouldBe("{\"a\":\"b\"}");
        requests[0].ApiKey.ShouldBe("key-live-1");
    }

    [NginxFact]
    public async Task Too_many_requests_are_throttled()
    {
        await using var nginx = await NginxServer.StartAsync();
        using var client = new HttpClient { BaseAddress = nginx.BaseAddress };

        var statuses = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            statuses.Add((int)(await client.GetAsync("throttled/x")).StatusCode);
        }

        statuses.ShouldBe([200, 200, 429]);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path, string user, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
