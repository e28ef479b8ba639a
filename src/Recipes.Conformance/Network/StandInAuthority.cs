using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recipes.Conformance;

/// <summary>Issues the certificates of stand-ins; made anew for each run of the kit, and known to nobody else.</summary>
internal sealed class StandInAuthority
{
    // The kit's clock stands still; certificates have to please the real one.
    private static readonly DateTimeOffset s_from = TimeProvider.System.GetUtcNow().AddDays(-1);
    private readonly ConcurrentDictionary<string, Lazy<X509Certificate2>> _issued = new(StringComparer.OrdinalIgnoreCase);

    public StandInAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Recipes stand-ins", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        Certificate = request.CreateSelfSigned(s_from, s_from.AddDays(30));
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>A server certificate for that host, always the same one.</summary>
    public X509Certificate2 CertificateOf(string host) => _issued.GetOrAdd(host, name => new(() => IssueServer(name))).Value;

    /// <summary>A certificate for a client, and its key, both PEM.</summary>
    public (string Certificate, string Key) IssueClient(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = Issue(new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256), "1.3.6.1.5.5.7.3.2");
        return (made.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private X509Certificate2 IssueServer(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The name may be longer than a common name may be.
        var request = new CertificateRequest("CN=stand-in", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (System.Net.IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var made = Issue(request, "1.3.6.1.5.5.7.3.1");
        using var withKey = made.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    private X509Certificate2 Issue(CertificateRequest request, string purpose)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        lock (Certificate)
            return request.Create(Certificate, s_from, s_from.AddDays(20), RandomNumberGenerator.GetBytes(12));
    }
}
