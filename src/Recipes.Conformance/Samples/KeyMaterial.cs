using System.Security.Cryptography;

namespace Recipes.Conformance;

/// <summary>Keys and certificates that a scheme needs, made for the check.</summary>
internal sealed class KeyMaterial
{
    /// <summary>Values of the secret fields that hold keys, PEM.</summary>
    public Dictionary<string, string> Fields { get; } = [];

    /// <summary>The client's private key where it stands in for the client secret; null where an ordinary secret will do.</summary>
    public string? ClientSecret { get; private set; }

    public static KeyMaterial Of(AuthScheme scheme, StandInAuthority authority)
    {
        var keys = new KeyMaterial();
        if (scheme.ClientCertificate is { } certificate)
        {
            var (pem, key) = authority.IssueClient("kit");
            keys.Fields[certificate.Certificate] = certificate.Key is null ? $"{pem}\n{key}" : pem;
            if (certificate.Key is { } keyField)
                keys.Fields[keyField] = key;
        }

        if (scheme is JwtScheme { Token: { KeyField: { } jwtField, Algorithm: var jwtAlgorithm, KeyEncoding: var encoding } } && NewKey(jwtAlgorithm, encoding) is { } jwtKey)
            keys.Fields[jwtField] = jwtKey;
        if (scheme is OAuth1Scheme { UsesPrivateKey: true } signed)
        {
            if (signed.ConsumerSecretField is { } consumerField)
                keys.Fields[consumerField] = s_rsa.Value;
            else
                keys.ClientSecret = s_rsa.Value;
        }

        if (scheme is OAuth2Scheme oauth)
        {
            if (oauth.Assertion is { KeyField: { } field, Algorithm: var algorithm, KeyEncoding: var assertionEncoding } && NewKey(algorithm, assertionEncoding) is { } assertionKey)
                keys.Fields[field] = assertionKey;
            if (oauth.ClientAuthentication == ClientAuthentication.PrivateKeyJwt && NewKey(oauth.ClientAssertion.Algorithm, oauth.ClientAssertion.KeyEncoding) is { } clientKey)
            {
                if ((oauth.ClientAssertion.KeyField ?? oauth.ClientSecretField) is { } clientField)
                    keys.Fields[clientField] = clientKey;
                else
                    keys.ClientSecret = clientKey;
            }
        }

        return keys;
    }

    /// <summary>A private key as PEM, or a shared secret in its encoding; null where any text will do.</summary>
    private static string? NewKey(string algorithm, KeyEncoding encoding)
    {
        if (algorithm.StartsWith("HS", StringComparison.Ordinal))
        {
            return encoding switch
            {
                KeyEncoding.Hex => RandomNumberGenerator.GetHexString(64, lowercase: true),
                KeyEncoding.Base64 => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
                _ => null,
            };
        }

        if (algorithm.StartsWith("ES", StringComparison.Ordinal))
        {
            using var ec = ECDsa.Create(algorithm switch { "ES384" => ECCurve.NamedCurves.nistP384, "ES512" => ECCurve.NamedCurves.nistP521, _ => ECCurve.NamedCurves.nistP256 });
            return ec.ExportPkcs8PrivateKeyPem();
        }

        return s_rsa.Value;
    }

    // Making one takes longer than everything else together.
    private static readonly Lazy<string> s_rsa = new(() =>
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportPkcs8PrivateKeyPem();
    });
}
