using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Recipes.Connections;

/// <summary>
/// Leads every connection to a stand-in on this machine, whatever host it is meant for, so that a connector can be checked without its app.
/// Only the conformance kit makes one; the texts of addresses are checked as ever, and certificates against the authority of the stand-ins.
/// </summary>
/// <param name="ConnectAsync">Opens the stream to the stand-in for a host.</param>
/// <param name="Authority">Issues the certificates of the stand-ins.</param>
internal sealed record StandInNetwork(Func<DnsEndPoint, CancellationToken, ValueTask<Stream>> ConnectAsync, X509Certificate2 Authority)
{
    /// <summary>Takes the place of the network for this handler.</summary>
    public void Use(SocketsHttpHandler handler)
    {
        handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, cancellationToken);
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { Authority },
            RevocationMode = X509RevocationMode.NoCheck,
        };
    }
}
