using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>What single providers want, as a file says it and as it arrives.</summary>
public sealed class ProviderHabitTests
{
    [Theory]
    [InlineData("{ grant_type: account_credentials, account_id: '{{fields.account}}' }", "account_credentials", "account_id", "acc-1")]
    [InlineData("{ grant_type: 'urn:ietf:params:oauth:grant-type:saml2-bearer', assertion: '{{secrets.assertion}}' }", "urn:ietf:params:oauth:grant-type:saml2-bearer", "assertion", "an-assertion-as-typed-in")]
    [InlineData("{ grant_type: 'http://auth0.com/oauth/grant-type/password-realm', realm: '{{fields.account}}' }", "http://auth0.com/oauth/grant-type/password-realm", "realm", "acc-1")]
    [InlineData("{ grant_type: openapi_2lo }", "openapi_2lo", "client_id", "the-client")]
    public async Task A_grant_of_the_providers_own_is_asked_for_by_its_name(string parameters, string grant, string name, string value)
    {
        await using var app = await AppServer.StartAsync(_ => Results.Text("""{"access_token":"a-token-of-the-app","expires_in":600}""", "application/json"));
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, $$"""
            - type: oauth2
              grant: clientCredentials
              tokenEndpoint: {{app.Address}}token
              clientAuthentication: body
              clientIdField: clientId
              clientSecretField: clientSecret
              fields: [{ name: account, label: Account }, { name: assertion, label: Assertion, kind: secret }]
              tokenRequest: { parameters: {{parameters}} }
            """), [app.Address.Authority]);
        await harness.DefineAsync("k", "app", "oauth2");
        var id = await harness.ConnectAsync("k", new() { ["clientId"] = "the-client", ["clientSecret"] = harness.NewSecret("client secret"), ["account"] = "acc-1", ["assertion"] = "an-assertion-as-typed-in" });

        (await harness.SendAsync(id, "things")).Failure.ShouldBeNull();

        var sent = HttpUtility.ParseQueryString(app.Requests[0].Text);
        (sent["grant_type"], sent[name]).ShouldBe((grant, value));
        app.Requests[1].Header("Authorization").ShouldBe("Bearer a-token-of-the-app");
    }

    [Fact]
    public async Task An_authorization_address_keeps_what_is_written_into_it_and_gets_no_empty_parameter()
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, $$$"""
            - type: oauth2
              authorizationEndpoint: "{{{app.Address}}}{{fields.site}}/authorize?scope=read:all,write/some"
              tokenEndpoint: {{{app.Address}}}token
              fields: [{ name: site, label: Site, pattern: "^[a-z]+$" }, { name: hint, label: Hint, required: false }]
              authorizationParameters: { login_hint: "{{fields.hint}}", prompt: consent }
            """), [app.Address.Authority]);
        await harness.DefineAsync("k", "app", "oauth2", clientId: "the-client");
        var id = await harness.ConnectAsync("k", new() { ["site"] = "sales" });

        var address = (await harness.TryStartFlowAsync(id)).ShouldBeOfType<FlowStart.Started>().Flow.AuthorizationAddress;

        address.AbsoluteUri.ShouldStartWith($"{app.Address}sales/authorize?scope=read:all,write/some&");
        HttpUtility.ParseQueryString(address.Query).AllKeys.ShouldNotContain("login_hint");
        HttpUtility.ParseQueryString(address.Query)["prompt"].ShouldBe("consent");
    }

    [Fact]
    public async Task An_assertion_is_signed_with_the_bytes_that_its_key_stands_for()
    {
        await using var app = await AppServer.StartAsync(_ => Results.Text("""{"access_token":"a-token-of-the-app","expires_in":600}""", "application/json"));
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, $$"""
            - type: oauth2
              grant: jwtBearer
              tokenEndpoint: {{app.Address}}token
              clientAuthentication: none
              fields: [{ name: key, label: Key, kind: secret }]
              assertion: { algorithm: HS256, keyField: key, keyEncoding: hex, issuer: robot, subject: robot }
            """), [app.Address.Authority]);
        await harness.DefineAsync("k", "app", "oauth2");
        var key = RandomNumberGenerator.GetBytes(32);
        var id = await harness.ConnectAsync("k", new() { ["key"] = harness.Watch("hex key", Convert.ToHexStringLower(key)) });

        (await harness.SendAsync(id, "things")).Failure.ShouldBeNull();

        var assertion = HttpUtility.ParseQueryString(app.Requests[0].Text)["assertion"]!;
        var dot = assertion.LastIndexOf('.');
        assertion[(dot + 1)..].ShouldBe(Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(assertion[..dot]))));
    }

    [Fact]
    public async Task What_the_author_fixes_goes_along_with_every_connection()
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, """
            - type: custom
              fields: [{ name: partner, label: Partner ID }, { name: key, label: Key, kind: secret }]
              apply: { headers: { X-Partner: "{{fields.partner}}", X-Key: "{{secrets.key}}" } }
            """), [app.Address.Authority]);
        await harness.DefineAsync("k", "app", "custom", presets: new() { ["partner"] = "partner-7" });
        var (one, other) = (harness.NewSecret("one key"), harness.NewSecret("other key"));

        foreach (var key in (string[])[one, other])
            (await harness.SendAsync(await harness.ConnectAsync("k", new() { ["key"] = key }), "things")).Failure.ShouldBeNull();

        app.Requests.Select(r => (r.Header("X-Partner"), r.Header("X-Key"))).ShouldBe([("partner-7", one), ("partner-7", other)]);
    }

    [Fact]
    public async Task The_end_of_a_rate_limit_comes_from_where_the_app_says_it()
    {
        var clock = new TestClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var reset = clock.GetUtcNow().AddMinutes(2);
        await using var app = await AppServer.StartAsync(_ => new LimitReached(reset.ToUnixTimeSeconds()));
        await using var harness = await ConnectionsHarness.StartAsync(
            ConnectorText.Load(app.Address, "- type: none", "rateLimit: { header: X-RateLimit-Reset, unit: unixTime }"), [app.Address.Authority], clock);
        await harness.DefineAsync("k", "app", "none");
        var id = await harness.ConnectAsync("k", []);

        var reply = await harness.SendAsync(id, "things");

        (reply.Failure!.Kind, reply.Failure.RetryAt).ShouldBe((FailureKind.RateLimited, reset));
    }

    private sealed class LimitReached(long until) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            httpContext.Response.Headers["X-RateLimit-Reset"] = until.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        }
    }
}
