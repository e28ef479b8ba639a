using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Recipes.Testing.Tests;

public sealed class NginxTlsServerTests
{
    [NginxFact]
    public async Task Only_the_good_certificate_is_accepted()
    {
        await using var nginx = await NginxTlsServer.StartAsync();
        var faults = new List<(SslPolicyErrors Errors, X509ChainStatusFlags Status)>();
        using var client = Trusting(nginx.Authority, faults);

        (await client.GetAsync(nginx.Good)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(nginx.Expired));
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(nginx.WrongName));

        faults.ShouldBe(
        [
            (SslPolicyErrors.RemoteCertificateChainErrors, X509ChainStatusFlags.NotTimeValid),
            (SslPolicyErrors.RemoteCertificateNameMismatch, X509ChainStatusFlags.NoError),
        ]);
    }

    [NginxFact]
    public async Task Its_authority_is_trusted_by_nobody_else()
    {
        await using var nginx = await NginxTlsServer.StartAsync();
        using var client = new HttpClient();

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(nginx.Good));
    }

    private static HttpClient Trusting(X509Certificate2 authority, List<(SslPolicyErrors Errors, X509ChainStatusFlags Status)> faults) =>
        new(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
                RemoteCertificateValidationCallback = (_, _, chain, errors) =>
                {
                    if (errors is not SslPolicyErrors.None)
                    {
                        faults.Add((errors, chain!.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status)));
                    }

                    return errors is SslPolicyErrors.None;
                },
            },
        });
}
