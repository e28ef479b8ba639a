using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Connections to be lost and found, webhooks on loopback, and the settings to tell them.</summary>
internal sealed class AlertWorld : IAsyncDisposable
{
    private readonly List<AppServer> _webhooks = [];
    private readonly List<(string, string)> _settings = [];
    private ConnectionsHarness? _harness;

    public ConnectionsHarness Harness => _harness!;

    public TestClock Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public IAlertOutbox Outbox => Harness.Get<IAlertOutbox>();

    public string Secret { get; } = $"whsec_{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Canaries.NewSecret("webhook secret")))}";

    /// <summary>A webhook that answers as told; null means 204.</summary>
    public async Task<AppServer> AddWebhookAsync(Func<SeenRequest, IResult?>? answer = null, params string[] kinds)
    {
        var server = await AppServer.StartAsync(request => answer?.Invoke(request) ?? Results.NoContent());
        var i = _webhooks.Count;
        _webhooks.Add(server);
        _settings.AddRange([($"Alerts:Webhooks:{i}:Address", $"{server.Address}hook?key=abc"), ($"Alerts:Webhooks:{i}:Secret", Secret), .. kinds.Select((k, n) => ($"Alerts:Webhooks:{i}:Kinds:{n}", k))]);
        return server;
    }

    public AlertWorld With(params (string Key, string Value)[] settings)
    {
        _settings.AddRange(settings);
        return this;
    }

    public AlertWorld WithMail(SmtpServer server, string tls = "None", params string[] operators) => With(
    [
        ("Alerts:Mail:Host", SmtpServer.Host), ("Alerts:Mail:Port", server.Port.ToString(CultureInfo.InvariantCulture)), ("Alerts:Mail:Tls", tls), ("Alerts:Mail:From", "recipes@example.com"),
        .. operators.Select((address, i) => ($"Alerts:Operators:{i}", address)),
    ]);

    /// <param name="realTime">Whether time passes by itself.</param>
    public async Task<AlertWorld> StartAsync(bool realTime = false)
    {
        _harness = await ConnectionsHarness.StartAsync(new Profiles(Profiles.Keys(new Uri("http://127.0.0.1:9/"))), ["127.0.0.1:9", .. _webhooks.Select(w => w.Address.Authority)], realTime ? null : Clock, more: _settings);
        Harness.Watch("webhook secret", Secret);
        Harness.Watch("key in the address", "/hook?key=abc");
        return this;
    }

    /// <summary>A connection that works.</summary>
    public async Task<ConnectionId> ConnectAsync(Owner? owner = null, string name = "Ann's account")
    {
        var key = $"crm-{Guid.NewGuid():N}"[..20];
        await Harness.DefineAsync(key, "keys", "header");
        var id = await Harness.ConnectAsync(key, new() { ["apiKey"] = Harness.NewSecret("key") }, owner);
        await ChangeAsync(id, c => new Connection(c.Record with { DisplayName = name, AccountLabel = "ann@crm.example" }));
        return id;
    }

    public Task LoseAsync(ConnectionId id, string words = "The user changed the password.") => ChangeAsync(id, c =>
    {
        c.GrantLost(new Failure { Kind = FailureKind.ModifiedCredentials, Message = "The CRM refused the key.", Status = 401, ProviderCode = "key_revoked", ProviderWords = words, At = Clock.GetUtcNow() });
        return c;
    });

    public Task RecoverAsync(ConnectionId id) => ChangeAsync(id, c =>
    {
        c.ProbePassed(null, Clock.GetUtcNow(), needsConsent: false);
        return c;
    });

    public async Task SweepAsync() => await Harness.Get<AlertSweep>().RunAsync(CancellationToken.None);

    public async Task<IReadOnlyList<AlertDelivery>> DeliveriesAsync()
    {
        var all = await Outbox.ListAsync(TenantId.Default, 1000, CancellationToken.None);
        foreach (var delivery in all)
            Harness.Shown(delivery.ToString());
        return all;
    }

    public static JsonNode Body(SeenRequest request) => JsonNode.Parse(request.Text)!;

    /// <summary>Whether the signature is right, as another writing of the convention has it.</summary>
    public async Task<bool> IsSignedAsync(SeenRequest request)
    {
        const string Check = """
            import base64, hashlib, hmac, sys
            secret, message_id, timestamp, signature = sys.argv[1:]
            content = message_id.encode() + b"." + timestamp.encode() + b"." + sys.stdin.buffer.read()
            expected = base64.b64encode(hmac.new(base64.b64decode(secret.removeprefix("whsec_")), content, hashlib.sha256).digest()).decode()
            print(hmac.compare_digest("v1," + expected, signature))
            """;
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Check, Secret, request.Header("webhook-id"), request.Header("webhook-timestamp"), request.Header("webhook-signature")]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        await python.StandardInput.BaseStream.WriteAsync(request.Body);
        python.StandardInput.Close();
        return await python.StandardOutput.ReadToEndAsync() == "True\n";
    }

    public async ValueTask DisposeAsync()
    {
        if (_harness is not null)
            await _harness.DisposeAsync();
        foreach (var webhook in _webhooks)
            await webhook.DisposeAsync();
    }

    private async Task ChangeAsync(ConnectionId id, Func<Connection, Connection> change) =>
        (await Harness.Store.TryUpdateAsync(change(await Harness.ReadAsync(id)), CancellationToken.None)).ShouldBeTrue();
}
