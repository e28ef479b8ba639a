using System.Net;
using Microsoft.Extensions.Options;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class EgressGuardTests
{
    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST/")]
    [InlineData("https://app.localhost/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://127.1/")]
    [InlineData("https://017700000001/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://100.64.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://172.16.0.1/")]
    [InlineData("https://172.31.255.255/")]
    [InlineData("https://192.168.1.1/")]
    [InlineData("https://198.18.0.1/")]
    [InlineData("https://224.0.0.1/")]
    [InlineData("https://255.255.255.255/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://[::127.0.0.1]/")]
    [InlineData("https://[::ffff:0:127.0.0.1]/")]
    [InlineData("https://[64:ff9b::127.0.0.1]/")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("https://[64:ff9b:1::1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[2002:a00:1::1]/")]
    [InlineData("https://[2001:0:7f00:1::]/")]
    [InlineData("https://[2001:db8::1]/")]
    [InlineData("https://[fc00::1]/")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[ff02::1]/")]
    public void A_private_address_is_refused_in_every_spelling(string address)
    {
        using var guard = Guard();

        guard.Check(new Uri(address)).ShouldNotBeNull().ShouldContain("private address");
    }

    [Theory]
    [InlineData("https://app.example/")]
    [InlineData("https://1.1.1.1/")]
    [InlineData("https://172.32.0.1/")]
    [InlineData("https://100.128.0.1/")]
    [InlineData("https://[2606:4700::1111]/")]
    [InlineData("https://[64:ff9b::1.1.1.1]/")]
    [InlineData("https://[2002:101:101::1]/")]
    public void A_public_address_over_tls_passes(string address)
    {
        using var guard = Guard();

        guard.Check(new Uri(address)).ShouldBeNull();
    }

    [Theory]
    [InlineData("http://app.example/", "https")]
    [InlineData("ftp://app.example/", "http or https")]
    [InlineData("file:///etc/passwd", "http or https")]
    [InlineData("https://user:pass@app.example/", "user name")]
    public void Anything_else_is_refused_with_the_reason(string address, string reason)
    {
        using var guard = Guard("app.example:8080");

        guard.Check(new Uri(address)).ShouldNotBeNull().ShouldContain(reason);
    }

    [Theory]
    [InlineData("crm.test", "http://crm.test:81/", true)]
    [InlineData("CRM.test", "https://crm.TEST/", true)]
    [InlineData("crm.test:81", "http://crm.test:81/", true)]
    [InlineData("crm.test:81", "http://crm.test:82/", false)]
    [InlineData("127.0.0.1:81", "http://127.0.0.1:81/", true)]
    [InlineData("127.0.0.1:81", "http://2130706433:81/", true)]
    [InlineData("127.0.0.1:81", "http://127.0.0.2:81/", false)]
    [InlineData("10.1.0.0/16", "http://10.1.2.3/", true)]
    [InlineData("10.1.0.0/16", "https://10.2.0.1/", false)]
    [InlineData("[::1]:81", "http://[::1]:81/", true)]
    [InlineData("[::1]:81", "http://[::1]:82/", false)]
    [InlineData("crm.test", "http://crm.test.evil.example/", false)]
    public void An_operator_allows_hosts_ports_and_networks(string allowed, string address, bool passes)
    {
        using var guard = Guard(allowed);

        (guard.Check(new Uri(address)) is null).ShouldBe(passes);
    }

    [Fact]
    public void A_network_that_is_none_stops_the_start() =>
        Should.Throw<FormatException>(() => new EgressAllowList(["http://crm.test/"])).Message.ShouldContain("http://crm.test/");

    [Theory]
    [InlineData("localhost.")]
    [InlineData("ip6-localhost")]
    public async Task A_name_that_leads_to_this_machine_is_refused_when_connecting(string host)
    {
        using var guard = Guard();
        var address = new Uri($"https://{host}/");
        guard.Check(address).ShouldBeNull();

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        var error = await Should.ThrowAsync<HttpRequestException>(() => guard.Invoker.SendAsync(request, CancellationToken.None));

        // A machine that does not know the second name refuses it as unknown.
        (error is EgressRefusedException || error.HttpRequestError == HttpRequestError.NameResolutionError).ShouldBeTrue(error.Message);
    }

    private static EgressGuard Guard(params string[] allow) => new(Options.Create(new EgressOptions { Allow = allow }));
}

public sealed class RedirectTests(NginxFixture nginx) : IClassFixture<NginxFixture>
{
    private NginxServer Nginx => nginx.Server;

    [NginxFact]
    public async Task A_redirect_within_the_origin_takes_the_credential_along()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var (id, key) = await ConnectAsync(harness, "prefixed");

        var reply = await harness.SendAsync(id, "redirect/same");

        reply.Failure.ShouldBeNull();
        (await Nginx.RequestsAsync()).Last(r => r.Uri == "/echo/redirected").Authorization.ShouldBe($"Token {key}");
    }

    [NginxFact]
    public async Task A_redirect_to_another_host_goes_without_credential()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress, allow: [Nginx.OtherOrigin.Authority]);
        var (id, _) = await ConnectAsync(harness, "header");

        var reply = await harness.SendAsync(id, "redirect/other");

        reply.Failure.ShouldBeNull();
        var seen = (await Nginx.RequestsAsync()).Last(r => r.Server == "other");
        seen.Uri.ShouldBe("/echo/redirected");
        (seen.Authorization + seen.ApiKey + seen.Cookie).ShouldBeEmpty();
    }

    [NginxFact]
    public async Task A_redirect_to_a_private_host_is_not_followed()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var (id, _) = await ConnectAsync(harness, "header");
        var before = (await Nginx.RequestsAsync()).Count(r => r.Server == "other");

        var reply = await harness.SendAsync(id, "redirect/other");

        reply.Failure!.Message.ShouldContain("private address");
        (await Nginx.RequestsAsync()).Count(r => r.Server == "other").ShouldBe(before);
    }

    [NginxFact]
    public async Task A_write_is_not_redirected()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var (id, _) = await ConnectAsync(harness, "header");

        var reply = await harness.SendAsync(id, "redirect/same", method: HttpMethod.Post);

        reply.Response!.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        reply.Failure!.Kind.ShouldBe(FailureKind.Unknown);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public async Task Five_redirects_are_followed_and_no_more(int redirects, bool arrives)
    {
        await using var server = await RedirectingServer.StartAsync(redirects);
        await using var harness = await ConnectionsHarness.StartAsync(server.Address);
        var (id, _) = await ConnectAsync(harness, "header", nginx: false);

        var reply = await harness.SendAsync(id, "0");

        (reply.Failure is null).ShouldBe(arrives);
        if (!arrives)
            reply.Failure!.Message.ShouldContain("more than 5 times");
    }

    [NginxFact]
    public async Task A_key_in_the_address_is_not_carried_off_by_a_redirect()
    {
        await using var server = await RedirectingServer.StartAsync(1, query => new Uri(Nginx.OtherOrigin, $"carried/off{query}"));
        await using var harness = await ConnectionsHarness.StartAsync(server.Address, allow: [Nginx.OtherOrigin.Authority]);
        var (id, _) = await ConnectAsync(harness, "query", nginx: false);

        var reply = await harness.SendAsync(id, "0");

        reply.Failure!.Message.ShouldContain("with the credential in the address");
        (await Nginx.RequestsAsync()).ShouldNotContain(r => r.Uri.StartsWith("/carried"));
    }

    private async Task<(ConnectionId Id, string Key)> ConnectAsync(ConnectionsHarness harness, string scheme, bool nginx = true)
    {
        var key = harness.NewSecret("api key");
        if (nginx)
            await Nginx.AddKeyAsync(key);
        await harness.DefineAsync("k", "keys", scheme);
        return (await harness.ConnectAsync("k", new() { ["apiKey"] = key }), key);
    }
}
