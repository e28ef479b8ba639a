using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Recipes.Conformance;

/// <summary>Kestrel on loopback, on two ports of its own choosing: whatever host a request was meant for, it answers.</summary>
internal sealed class StandInServer : IAsyncDisposable
{
    private static readonly HashSet<string> s_frame = new(StringComparer.OrdinalIgnoreCase) { "Content-Type", "Content-Length", "Transfer-Encoding", "Connection" };

    private readonly WebApplication _app;
    private readonly StandInAuthority _authority;
    private readonly Func<ReceivedRequest, CancellationToken, Task<StandInReply?>> _answer;
    private readonly ConcurrentDictionary<string, bool> _plain = new(StringComparer.OrdinalIgnoreCase);
    private int _tlsPort;
    private int _plainPort;

    private StandInServer(WebApplication app, StandInAuthority authority, Func<ReceivedRequest, CancellationToken, Task<StandInReply?>> answer) =>
        (_app, _authority, _answer) = (app, authority, answer);

    /// <param name="answer">Answers a request; null cuts the connection.</param>
    public static async Task<StandInServer> StartAsync(StandInAuthority authority, Func<ReceivedRequest, CancellationToken, Task<StandInReply?>> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, o =>
            {
                o.Protocols = HttpProtocols.Http1;
                o.UseHttps(tls =>
                {
                    tls.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                    tls.ServerCertificateSelector = (_, host) => authority.CertificateOf(host is { Length: > 0 } ? host : "127.0.0.1");
                    tls.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    tls.AllowAnyClientCertificate();
                });
            });
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        var server = new StandInServer(app, authority, answer);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        var ports = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)).ToArray();
        server._tlsPort = ports.First(p => p.Scheme == "https").Port;
        server._plainPort = ports.First(p => p.Scheme == "http").Port;
        return server;
    }

    /// <summary>Requests to this host and port come without TLS.</summary>
    public void IsPlain(string host, int port) => _plain[$"{host}:{port}"] = true;

    /// <summary>The network that leads here.</summary>
    public StandInNetwork Network => new(ConnectAsync, _authority.Certificate);

    public async ValueTask DisposeAsync()
    {
        // Nobody is waiting for an answer any more.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var plain = host.Port == 80 || _plain.ContainsKey($"{host.Host}:{host.Port}");
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, plain ? _plainPort : _tlsPort, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var request = new ReceivedRequest
        {
            Method = context.Request.Method,
            Origin = $"{context.Request.Scheme}://{context.Request.Host.Value}",
            Host = context.Request.Host.Host,
            Target = context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            Headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Body = body.ToArray(),
            ClientCertificate = await context.Connection.GetClientCertificateAsync(),
        };
        if (await _answer(request, context.RequestAborted) is not { } reply)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = reply.Status;
        if (reply.ContentType is not null)
            context.Response.ContentType = reply.ContentType;
        foreach (var (name, value) in reply.Headers.Where(h => !s_frame.Contains(h.Key)))
            context.Response.Headers.Append(name, value);
        if (reply.Status is not (204 or 304) && request.Method != "HEAD")
            await context.Response.WriteAsync(reply.Body, context.RequestAborted);
    }
}
