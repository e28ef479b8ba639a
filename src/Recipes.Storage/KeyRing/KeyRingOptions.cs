namespace Recipes.Storage;

/// <summary>How the keys that seal credentials are themselves protected on disk. Section <c>KeyRing</c>.</summary>
public sealed class KeyRingOptions
{
    public const string Section = "KeyRing";

    /// <summary>PKCS #12 file with certificate and private key (RSA); null leaves the keys readable to who can read the folder.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>File whose first line is the certificate file's password; null when it has none.</summary>
    public string? CertificatePasswordFile { get; set; }

    /// <summary>A former certificate (PKCS #12, same password file), so that keys it protects still open after a change.</summary>
    public string? FormerCertificatePath { get; set; }
}
