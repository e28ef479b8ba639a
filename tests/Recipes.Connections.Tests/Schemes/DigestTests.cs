using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Digest authentication, against lighttpd where that can, else against a server that checks as RFC 7616 says.</summary>
public sealed class DigestTests
{
    [LighttpdTheory]
    [InlineData("md5")]
    [InlineData("sha256")]
    public async Task A_challenge_is_answered_and_the_answer_used_again(string algorithm)
    {
        await using var lighttpd = await LighttpdServer.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(lighttpd.BaseAddress, "- type: digest"), [lighttpd.BaseAddress.Authority]);
        var id = await ConnectAsync(harness, lighttpd, "alice");

        var replies = new List<Failure?>();
        for (var i = 0; i < 3; i++)
            replies.Add((await harness.SendAsync(id, $"{algorithm}/paper.json?page={i}&q=a%20b")).Failure);

        replies.ShouldAllBe(f => f == null);
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [LighttpdFact]
    public async Task A_changed_password_makes_a_suspect_that_one_probe_confirms()
    {
        await using var lighttpd = await LighttpdServer.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(lighttpd.BaseAddress, "- { type: digest, probe: { path: /md5/paper.json } }"), [lighttpd.BaseAddress.Authority]);
        var id = await ConnectAsync(harness, lighttpd, "alice");
        (await harness.SendAsync(id, "md5/paper.json")).Failure.ShouldBeNull();
        await lighttpd.SetPasswordAsync("alice", Canaries.NewSecret("other password"));

        var refused = await harness.SendAsync(id, "md5/paper.json");
        var probed = await harness.ProbeAsync(id);

        refused.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        probed.ShouldBeOfType<ProbeResult.Failed>();
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.ReauthorizationRequired);
    }

    [Theory]
    [InlineData("MD5", "auth")]
    [InlineData("SHA-256", "auth")]
    [InlineData("MD5-sess", "auth")]
    [InlineData("SHA-256-sess", "auth")]
    [InlineData("SHA-256", "auth-int")]
    [InlineData("", "")]
    public async Task Every_variant_is_what_the_app_computes_too(string algorithm, string qop)
    {
        var checker = new DigestChecker { Algorithm = algorithm, Qop = qop };
        await using var app = await AppServer.StartAsync(checker.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, "- type: digest"), [app.Address.Authority]);
        var id = await ConnectAsync(harness, checker, "alice");

        var first = await harness.SendAsync(id, "items?a=1&b=%2F", method: HttpMethod.Post, content: new ByteArrayContent([1, 0, 255, 10]));
        var second = await harness.SendAsync(id, "items");

        first.Failure.ShouldBeNull();
        second.Failure.ShouldBeNull();
        app.Requests.Select(r => r.Body.Length).ShouldBe([4, 4, 0]);
        checker.Counts.ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_name_beyond_ascii_is_sent_in_the_extended_notation()
    {
        var checker = new DigestChecker { Algorithm = "SHA-256", Qop = "auth", Charset = "UTF-8" };
        await using var app = await AppServer.StartAsync(checker.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, "- type: digest"), [app.Address.Authority]);
        var id = await ConnectAsync(harness, checker, "Jäsøn \"Doe\"");

        var reply = await harness.SendAsync(id, "items");

        reply.Failure.ShouldBeNull();
        app.Requests[^1].Header("Authorization").ShouldContain("username*=UTF-8''J%C3%A4s%C3%B8n%20%22Doe%22");
    }

    [Fact]
    public async Task A_stale_nonce_is_replaced_without_anybody_noticing()
    {
        var checker = new DigestChecker { Algorithm = "SHA-256", Qop = "auth" };
        await using var app = await AppServer.StartAsync(checker.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, "- type: digest"), [app.Address.Authority]);
        var id = await ConnectAsync(harness, checker, "alice");
        await harness.SendAsync(id, "items");
        checker.Expire();

        var reply = await harness.SendAsync(id, "items");

        reply.Failure.ShouldBeNull();
        app.Requests.Count.ShouldBe(4);
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [Fact]
    public async Task The_nonce_that_an_app_wants_next_is_taken()
    {
        var checker = new DigestChecker { Algorithm = "MD5", Qop = "auth", NextNonce = true };
        await using var app = await AppServer.StartAsync(checker.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, "- type: digest"), [app.Address.Authority]);
        var id = await ConnectAsync(harness, checker, "alice");

        for (var i = 0; i < 3; i++)
            (await harness.SendAsync(id, "items")).Failure.ShouldBeNull();

        app.Requests.Count.ShouldBe(4);
        checker.Counts.ShouldBe([1, 1, 1]);
    }

    [Fact]
    public async Task A_wrong_password_is_sent_once_and_not_again()
    {
        var checker = new DigestChecker { Algorithm = "SHA-256", Qop = "auth" };
        await using var app = await AppServer.StartAsync(checker.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, "- type: digest"), [app.Address.Authority]);
        var id = await ConnectAsync(harness, checker, "alice");
        checker.Password = Canaries.NewSecret("other password");

        var reply = await harness.SendAsync(id, "items");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        app.Requests.Count(r => r.Header("Authorization").Length > 0).ShouldBe(1);
    }

    private static Task<ConnectionId> ConnectAsync(ConnectionsHarness harness, DigestChecker checker, string user)
    {
        (checker.User, checker.Password) = (user, harness.NewSecret("password"));
        return ConnectAsync(harness, user, checker.Password);
    }

    private static async Task<ConnectionId> ConnectAsync(ConnectionsHarness harness, LighttpdServer lighttpd, string user)
    {
        var password = harness.NewSecret("password");
        await lighttpd.SetPasswordAsync(user, password);
        return await ConnectAsync(harness, user, password);
    }

    private static async Task<ConnectionId> ConnectAsync(ConnectionsHarness harness, string user, string password)
    {
        await harness.DefineAsync("k", "app", "digest");
        return await harness.ConnectAsync("k", new() { ["username"] = user, ["password"] = password });
    }

    /// <summary>Checks answers as RFC 7616 §3.4 describes, in its own words.</summary>
    private sealed class DigestChecker
    {
        private string _nonce = Guid.NewGuid().ToString("N");
        private string? _expired;
        private string? _session;

        public required string Algorithm { get; init; }
        public required string Qop { get; init; }
        public string? Charset { get; init; }
        public bool NextNonce { get; init; }
        public string User { get; set; } = "";
        public string Password { get; set; } = "";
        public List<int> Counts { get; } = [];

        public void Expire() => (_expired, _nonce) = (_nonce, Guid.NewGuid().ToString("N"));

        public IResult? Answer(SeenRequest request)
        {
            var given = Read(request.Header("Authorization"));
            if (given.GetValueOrDefault("nonce") == _nonce && given["uri"] == request.Target && given["response"] == Expected(request, given))
            {
                Counts.Add(Convert.ToInt32(given.GetValueOrDefault("nc") ?? "0", 16) is > 0 and var count ? count : Counts.Count + 1);
                return NextNonce ? new Headed(200, "Authentication-Info", $"nextnonce=\"{_nonce = Guid.NewGuid().ToString("N")}\", qop=auth") : null;
            }

            var stale = given.TryGetValue("nonce", out var nonce) && nonce == _expired ? ", stale=TRUE" : "";
            _session = null;
            return new Headed(401, "WWW-Authenticate",
                $"Basic realm=\"other\", Digest realm=\"a \\\"b\\\", c\", nonce=\"{_nonce}\", opaque=\"op,aque\"{(Algorithm.Length > 0 ? $", algorithm={Algorithm}" : "")}{(Qop.Length > 0 ? $", qop=\"{Qop}\"" : "")}{(Charset is null ? "" : $", charset={Charset}")}{stale}");
        }

        private string Expected(SeenRequest request, Dictionary<string, string> given)
        {
            var (secret, data) = ($"{User}:a \"b\", c:{Password}", $"{request.Method}:{request.Target}");
            var a1 = H(secret);
            if (Algorithm.EndsWith("-sess", StringComparison.Ordinal))
                a1 = _session ??= H($"{a1}:{_nonce}:{given["cnonce"]}");
            var a2 = H(Qop == "auth-int" ? $"{data}:{Hex(request.Body)}" : data);
            return Qop.Length == 0 ? H($"{a1}:{_nonce}:{a2}") : H($"{a1}:{_nonce}:{given["nc"]}:{given["cnonce"]}:{given["qop"]}:{a2}");
        }

        private string H(string text) => Hex(Encoding.UTF8.GetBytes(text));

        private string Hex(byte[] data) => Convert.ToHexStringLower(Algorithm.StartsWith("SHA", StringComparison.Ordinal) ? SHA256.HashData(data) : MD5.HashData(data));

        private static Dictionary<string, string> Read(string header)
        {
            var read = new Dictionary<string, string>();
            foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(header, "(?<name>[a-z*]+)=(\"(?<quoted>([^\"\\\\]|\\\\.)*)\"|(?<plain>[^, ]+))", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
                read[match.Groups["name"].Value] = match.Groups["quoted"] is { Success: true } quoted ? quoted.Value.Replace("\\", "", StringComparison.Ordinal) : match.Groups["plain"].Value;
            return read;
        }
    }
}
