using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Recipes.Connections;

/// <summary>A certificate with its private key and the chain it is sent with.</summary>
internal sealed class ClientCertificate(X509Certificate2 certificate, X509Certificate2Collection chain) : IDisposable
{
    /// <summary>SHA-256 over the certificate, hex.</summary>
    public string Thumbprint { get; } = certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);

    /// <summary>The last moment at which it is valid.</summary>
    public DateTimeOffset EndsAt { get; } = new(certificate.NotAfter.ToUniversalTime());

    // Offline: nothing is fetched to complete the chain.
    public SslStreamCertificateContext Context { get; } = SslStreamCertificateContext.Create(certificate, chain, offline: true);

    public void Dispose()
    {
        certificate.Dispose();
        foreach (var issuer in chain)
            issuer.Dispose();
    }
}
