namespace Recipes.Connections;

/// <summary>Checks what an author gives as the secret of a client.</summary>
internal static class ClientKeys
{
    /// <summary>What is wrong with a secret that assertions are signed with; null when nothing is.</summary>
    public static string? Check(OAuth2Scheme scheme, Secret secret)
    {
        if (scheme is { ClientAuthentication: ClientAuthentication.TlsClientAuth, ClientCertificate: null })
            return ClientCertificates.Check(secret);
        var rules = scheme.ClientAuthentication == ClientAuthentication.PrivateKeyJwt ? scheme.ClientAssertion
            : scheme is { Grant: OAuth2Grant.JwtBearer, Assertion: { } assertion } ? assertion
            : null;
        if (rules is null or { KeyField: not null })
            return null;
        try
        {
            SigningKey.Parse(rules.Algorithm, secret, rules.KeyEncoding).Dispose();
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
