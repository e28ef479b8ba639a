using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recipes.Testing;

/// <summary>A real nginx on loopback that speaks TLS with a good certificate, an expired one and one for another name.</summary>
/// <remarks>All three come from one authority of its own, which no machine trusts: a test trusts <see cref="Authority"/> itself. Answers <c>{"ok":true}</c>.</remarks>
public sealed class NginxTlsServer : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly ServerProcess _process;

    private NginxTlsServer(TempFolder folder, ServerProcess process, X509Certificate2 authority, int[] ports)
    {
        _folder = folder;
        _process = process;
        Authority = authority;
        Good = new Uri($"https://127.0.0.1:{ports[0]}/");
        Expired = new Uri($"https://127.0.0.1:{ports[1]}/");
        WrongName = new Uri($"https://127.0.0.1:{ports[2]}/");
    }

    /// <summary>The certificate of the authority that signed all three, without its key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>The file of <see cref="Authority"/>, in PEM.</summary>
    public string AuthorityFile => _folder.Combine("authority.pem");

    /// <summary>Valid now, for 127.0.0.1 and localhost.</summary>
    public Uri Good { get; }

    /// <summary>For the right name, over since a year.</summary>
    public Uri Expired { get; }

    /// <summary>Valid now, for other.test only.</summary>
    public Uri WrongName { get; }

    /// <summary>Starts a server of its own on free ports.</summary>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<NginxTlsServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var folder = new TempFolder();
        try
        {
            var now = TimeProvider.System.GetUtcNow();
            using var authority = MakeAuthority(now);
            await File.WriteAllTextAsync(folder.Combine("authority.pem"), authority.ExportCertificatePem(), cancellationToken);
            await IssueAsync(folder, "good", authority, ["localhost", "127.0.0.1"], now.AddDays(-1), now.AddDays(7), cancellationToken);
            await IssueAsync(folder, "expired", authority, ["localhost", "127.0.0.1"], now.AddYears(-2), now.AddYears(-1), cancellationToken);
            await IssueAsync(folder, "other", authority, ["other.test"], now.AddDays(-1), now.AddDays(7), cancellationToken);
            var (process, ports) = await NginxProcess.StartAsync(folder, 3, Configuration, cancellationToken);
            return new NginxTlsServer(folder, process, X509CertificateLoader.LoadCertificate(authority.RawData), ports);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Authority.Dispose();
        _folder.Dispose();
    }

    private static string Configuration(int[] ports, string mark) => NginxConfiguration.Wrap("access_log off;" + string.Concat(
        ((string[])["good", "expired", "other"]).Zip(ports, (name, port) => $$"""

              server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_certificate {{name}}.crt;
                ssl_certificate_key {{name}}.key;
                location = /mark { return 200 '{{mark}}'; }
                location / { return 200 '{"ok":true}'; }
              }
            """)));

    internal static X509Certificate2 MakeAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority for tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now.AddYears(-3), now.AddYears(1));
    }

    internal static async Task IssueAsync(
        TempFolder folder, string name, X509Certificate2 authority, string[] names, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var entry in names)
        {
            if (IPAddress.TryParse(entry, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(entry);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var certificate = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(8));
        await File.WriteAllTextAsync(folder.Combine($"{name}.crt"), certificate.ExportCertificatePem(), cancellationToken);
        await File.WriteAllTextAsync(folder.Combine($"{name}.key"), key.ExportPkcs8PrivateKeyPem(), cancellationToken);
    }
}
