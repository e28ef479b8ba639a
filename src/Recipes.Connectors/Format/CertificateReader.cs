using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads the member <c>clientCertificate</c> of a scheme: names of the secret fields that hold it.</summary>
internal static class CertificateReader
{
    public static ClientCertificateFields? Read(SchemeMap scheme)
    {
        if (scheme.Map.Map("clientCertificate", Shape.ClientCertificate) is not { } map)
            return null;
        var certificate = map.Text("certificateField") ?? "clientCertificate";
        var key = map.Text("keyField");
        foreach (var (name, at) in new[] { (certificate, "certificateField"), (key, "keyField") })
        {
            if (name is not null && !scheme.Known.IsSecret(name))
                map.Fault(at, $"'{name}' is no secret field of this scheme: declare it, of kind secret.");
        }

        return new(certificate, key);
    }
}
