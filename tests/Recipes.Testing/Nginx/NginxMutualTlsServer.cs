using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recipes.Testing;

/// <summary>A real nginx on loopback that asks every client for a certificate of its own authority, which also signed the server's.</summary>
/// <remarks>Answers <c>{"client":"CN=…"}</c>; without a certificate 400 "No required SSL certificate was sent", with a wrong one 400 "The SSL certificate error".</remarks>
public sealed class NginxMutualTlsServer : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly ServerProcess _process;
    private readonly X509Certificate2 _authority;

    private NginxMutualTlsServer(TempFolder folder, ServerProcess process, X509Certificate2 authority, Uri baseAddress) =>
        (_folder, _process, _authority, BaseAddress) = (folder, process, authority, baseAddress);

    /// <summary>The address of the server, with a slash at the end.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The file of the authority, in PEM.</summary>
    public string AuthorityFile => _folder.Combine("authority.pem");

    /// <summary>Starts a server of its own on free ports.</summary>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<NginxMutualTlsServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var folder = new TempFolder();
        try
        {
            var now = TimeProvider.System.GetUtcNow();
            var authority = NginxTlsServer.MakeAuthority(now);
            await File.WriteAllTextAsync(folder.Combine("authority.pem"), authority.ExportCertificatePem(), cancellationToken);
            await NginxTlsServer.IssueAsync(folder, "good", authority, ["localhost", "127.0.0.1"], now.AddDays(-1), now.AddDays(7), cancellationToken);
            var (process, ports) = await NginxProcess.StartAsync(folder, 2, Configuration, cancellationToken);
            return new NginxMutualTlsServer(folder, process, authority, new Uri($"https://127.0.0.1:{ports[1]}/"));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>A client's certificate and its key, both PEM.</summary>
    /// <param name="life">How long it is valid from now, or since when it is over.</param>
    /// <param name="isForeign">Whether another authority signed it.</param>
    public (string Certificate, string Key) Issue(string name, TimeSpan? life = null, bool isForeign = false)
    {
        var now = TimeProvider.System.GetUtcNow();
        var issuer = isForeign ? NginxTlsServer.MakeAuthority(now) : _authority;
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
            using var certificate = request.Create(issuer, now.AddDays(-30), now + (life ?? TimeSpan.FromDays(1)), RandomNumberGenerator.GetBytes(8));
            return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        }
        finally
        {
            if (isForeign)
                issuer.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    // The first port needs no certificate: there the start is looked for.
    private static string Configuration(int[] ports, string mark) => NginxConfiguration.Wrap($$"""
        access_log off;
        server {
          listen 127.0.0.1:{{ports[0]}} ssl;
          ssl_certificate good.crt;
          ssl_certificate_key good.key;
          location = /mark { return 200 '{{mark}}'; }
        }
        server {
          listen 127.0.0.1:{{ports[1]}} ssl;
          ssl_certificate good.crt;
          ssl_certificate_key good.key;
          ssl_client_certificate authority.pem;
          ssl_verify_client on;
          default_type application/json;
          location / { return 200 '{"client":"$ssl_client_s_dn"}'; }
        }
        """);
}
