using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Recipes.Connections;

/// <summary>Certificate authorities of the operator's own, trusted beside those of the operating system.</summary>
internal sealed class PrivateAuthorities
{
    private readonly X509Certificate2Collection _roots = [];

    /// <exception cref="IOException">When a file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">When one holds no certificate.</exception>
    public PrivateAuthorities(IEnumerable<string> files)
    {
        foreach (var file in files)
            _roots.ImportFromPemFile(file);
    }

    public bool Any => _roots.Count > 0;

    /// <summary>Trusts what the system trusts, and else what leads to one of the authorities; name and validity are checked either way.</summary>
    public bool Trusts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 seen)
            return false;
        using var own = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        own.ChainPolicy.CustomTrustStore.AddRange(_roots);
        foreach (var element in chain?.ChainElements.AsEnumerable() ?? [])
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        own.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1"));
        return own.Build(seen);
    }
}
