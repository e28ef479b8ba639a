using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Recipes.Testing.Tests;

public sealed class RadicaleServerTests
{
    [RadicaleFact]
    public async Task Passwords_users_and_rights_change_while_it_runs()
    {
        await using var radicale = await RadicaleServer.StartAsync();

        (await ReadAsync(radicale, "alice", "alice-pw")).ShouldBe(HttpStatusCode.MultiStatus);
        (await ReadAsync(radicale, "bob", "bob-pw")).ShouldBe(HttpStatusCode.MultiStatus);
        await radicale.SetPasswordAsync("alice", "new-pw");
        (await ReadAsync(radicale, "alice", "alice-pw")).ShouldBe(HttpStatusCode.Unauthorized);
        (await ReadAsync(radicale, "alice", "new-pw")).ShouldBe(HttpStatusCode.MultiStatus);
        await radicale.SetRightsAsync(RadicaleServer.FirstRights.Replace("permissions: r\n", "permissions:\n", StringComparison.Ordinal).Replace("user: bob", "user: nobody", StringComparison.Ordinal));
        (await ReadAsync(radicale, "bob", "bob-pw")).ShouldBe(HttpStatusCode.Forbidden);
        await radicale.RemoveUserAsync("bob");

        (await ReadAsync(radicale, "bob", "bob-pw")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<HttpStatusCode> ReadAsync(RadicaleServer radicale, string user, string password)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod("PROPFIND"), radicale.Address("/alice/shared/"));
        request.Headers.Add("Depth", "0");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
