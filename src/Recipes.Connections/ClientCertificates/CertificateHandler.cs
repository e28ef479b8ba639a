namespace Recipes.Connections;

/// <summary>Sends requests through the pool of its certificate, which may be another one after a while of silence.</summary>
internal sealed class CertificateHandler(CertificatePools pools, ClientCertificate certificate) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        pools.Get(certificate).SendAsync(request, cancellationToken);
}
