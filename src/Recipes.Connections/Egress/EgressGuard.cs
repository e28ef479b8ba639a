using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>The one way out: no private, loopback or link-local address unless an operator allowed that host, checked after name resolution when connecting.</summary>
public sealed class EgressGuard : IDisposable
{
    private readonly EgressAllowList _allowed;
    private readonly PrivateAuthorities _authorities;
    private readonly StandInNetwork? _standIns;
    private readonly SocketsHttpHandler _handler;
    private readonly CertificatePools _certificates;

    public EgressGuard(IOptions<EgressOptions> options, TimeProvider? time = null)
        : this(options, time, standIns: null)
    {
    }

    /// <param name="standIns">Takes the place of the network; null outside conformance checks, which no setting can change.</param>
    internal EgressGuard(IOptions<EgressOptions> options, TimeProvider? time, StandInNetwork? standIns)
    {
        _authorities = new PrivateAuthorities(options.Value.Authorities);
        _allowed = new EgressAllowList(options.Value.Allow);
        _standIns = standIns;
        Timeout = options.Value.RequestTimeout;
        _handler = NewHandler();
        _certificates = new CertificatePools(certificate =>
        {
            var handler = NewHandler();
            handler.SslOptions.ClientCertificateContext = certificate.Context;
            return handler;
        }, time ?? TimeProvider.System);
        Invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
    }

    /// <summary>Sends requests whose address passed <see cref="Check"/>. Follows no redirect.</summary>
    internal HttpMessageInvoker Invoker { get; }

    internal TimeSpan Timeout { get; }

    /// <summary>As <see cref="Invoker"/>, with a client certificate and connections of its own.</summary>
    internal HttpMessageInvoker InvokerFor(ClientCertificate? certificate) =>
        certificate is null ? Invoker : new HttpMessageInvoker(new CertificateHandler(_certificates, certificate), disposeHandler: false);

    /// <summary>What is wrong with an address as far as its text tells; null when nothing is. The name's addresses are checked when connecting.</summary>
    public string? Check(Uri address)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            return "must be an absolute http or https address";
        if (address.UserInfo.Length > 0)
            return "must not contain a user name or password";
        if (_allowed.Contains(address.IdnHost, address.Port))
            return null;
        var isPrivate = IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var ip)
            ? !PrivateAddresses.IsPublic(ip)
            : address.IdnHost.Equals("localhost", StringComparison.OrdinalIgnoreCase) || address.IdnHost.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        if (isPrivate)
            return $"points at the private address {address.IdnHost}, which an operator has to allow first (setting Egress:Allow, entry \"{address.IdnHost}:{address.Port}\")";
        return address.Scheme == Uri.UriSchemeHttps ? null : $"must be https: without TLS a credential could be read on the way (an operator may allow this host: setting Egress:Allow, entry \"{address.IdnHost}:{address.Port}\")";
    }

    public void Dispose()
    {
        Invoker.Dispose();
        _handler.Dispose();
        _certificates.Dispose();
    }

    private SocketsHttpHandler NewHandler()
    {
        // No proxy and no cookies: both would carry one connection's traffic into another's.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // What every server knows: announcing more of them on each request costs more than they save.
            AutomaticDecompression = DecompressionMethods.GZip,
            MaxResponseHeadersLength = 64,
            ConnectCallback = ConnectAsync,
        };
        if (_authorities.Any)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => _authorities.Trusts(certificate, chain, errors);
        _standIns?.Use(handler);
        return handler;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        var usable = _allowed.Contains(host, port) ? addresses : Array.FindAll(addresses, a => PrivateAddresses.IsPublic(a) || _allowed.Contains(a));
        if (usable.Length == 0)
            throw new EgressRefusedException($"{host} leads to a private address, which an operator has to allow first (setting Egress:Allow, entry \"{host}:{port}\").");

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(usable, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
