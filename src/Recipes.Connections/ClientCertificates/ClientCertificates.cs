using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recipes.Connections;

/// <summary>Reads client certificates out of a credential.</summary>
/// <remarks>Source: RFC 7468 for PEM.</remarks>
internal static class ClientCertificates
{
    private static readonly ClientCertificateFields s_clientSecret = new("clientSecret", null);

    /// <exception cref="FormatException">When the fields hold no usable certificate with its key. The message holds neither.</exception>
    public static ClientCertificate Load(ClientCertificateFields fields, Credential credential, TimeProvider time)
    {
        var certificate = credential.Secrets.GetValueOrDefault(fields.Certificate)?.Reveal() ?? throw new FormatException($"The field '{fields.Certificate}' has no value: a client certificate is needed.");
        var key = fields.Key is null ? certificate : credential.Secrets.GetValueOrDefault(fields.Key)?.Reveal() ?? throw new FormatException($"The field '{fields.Key}' has no value: the key of the client certificate is needed.");
        return Load(Lines(certificate), Lines(key), fields, time);
    }

    /// <summary>The certificate of a scheme of OAuth 2.0: in fields of the account, or in place of the client secret where that is how the client authenticates.</summary>
    /// <exception cref="FormatException">When it cannot be used.</exception>
    /// <remarks>Source: RFC 8705 §2.</remarks>
    public static ClientCertificate? Of(OAuth2Account account)
    {
        if (account.Scheme.ClientCertificate is { } fields)
            return Load(fields, account.Credential, account.Time);
        return account.Scheme.ClientAuthentication == ClientAuthentication.TlsClientAuth && account.Client?.Secret is { } secret
            ? Load(s_clientSecret, new Credential { Secrets = new Dictionary<string, Secret> { [s_clientSecret.Certificate] = secret } }, account.Time)
            : null;
    }

    /// <summary>What is wrong with a client secret that has to be a certificate with its key; null when nothing is.</summary>
    public static string? Check(Secret secret)
    {
        try
        {
            Load(Lines(secret.Reveal()), Lines(secret.Reveal()), s_clientSecret, null).Dispose();
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    private static ClientCertificate Load(string certificate, string key, ClientCertificateFields fields, TimeProvider? time)
    {
        var keyField = fields.Key ?? fields.Certificate;
        if (!certificate.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
            throw new FormatException($"The field '{fields.Certificate}' holds no certificate: give it as PEM, which starts with -----BEGIN CERTIFICATE-----.");
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw new FormatException($"The key in the field '{keyField}' is protected by a password: give it without one.");
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new FormatException($"The field '{keyField}' holds no private key: give it as PEM, which starts with -----BEGIN PRIVATE KEY-----.");
        X509Certificate2 own;
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(certificate);
            own = X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new FormatException(IsCertificate(certificate)
                ? $"The key in the field '{keyField}' does not belong to the certificate in '{fields.Certificate}': it must be the private key that the certificate was issued for."
                : $"The certificate in the field '{fields.Certificate}' cannot be read.", e);
        }

        var end = new DateTimeOffset(own.NotAfter.ToUniversalTime());
        if (end <= time?.GetUtcNow())
        {
            own.Dispose();
            throw new FormatException($"The client certificate ended on {end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}: get a new one from the app.");
        }

        return new ClientCertificate(own, chain);
    }

    private static bool IsCertificate(string pem)
    {
        try
        {
            X509Certificate2.CreateFromPem(pem).Dispose();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    // A form or a JSON file may have made one line of it.
    private static string Lines(string pem) => pem.Replace("\\n", "\n", StringComparison.Ordinal);
}
