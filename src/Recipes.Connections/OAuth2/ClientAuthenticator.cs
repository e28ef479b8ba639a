using System.Text;

namespace Recipes.Connections;

/// <summary>Shows a provider's endpoint which client asks, in the way that the scheme declares.</summary>
/// <remarks>Source: RFC 6749 §2.3, RFC 7521 §4.2, RFC 7523 §2.2, RFC 8705 §2.</remarks>
internal sealed class ClientAuthenticator(OAuth2Endpoints endpoints)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <exception cref="FormatException">When there is no client, or its secret is none for this way; the message is a sentence of its own.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">When the client secret cannot be opened with this key ring.</exception>
    public async ValueTask AuthenticateAsync(OAuth2Account account, OAuth2Request request, CancellationToken cancellationToken)
    {
        var scheme = account.Scheme;
        request.Certificate = ClientCertificates.Of(account);
        if (account.Client is not { } client)
        {
            if (scheme.NeedsClient || account.OwnsClient)
                throw new FormatException(account.OwnsClient ? $"The field '{scheme.ClientIdField}' has no value." : $"The connection definition '{account.Definition.Key}' has no OAuth client id.");
            return;
        }

        var secret = client.Secret;
        if (secret is not null)
        {
            request.Hide(secret.Reveal());
            request.Hide(FormEncode(secret.Reveal()));
        }

        switch (scheme.ClientAuthentication)
        {
            case ClientAuthentication.Basic or ClientAuthentication.BasicRaw when secret is not null:
                var isRaw = scheme.ClientAuthentication == ClientAuthentication.BasicRaw;
                var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes(isRaw ? $"{client.Id}:{secret.Reveal()}" : $"{FormEncode(client.Id)}:{FormEncode(secret.Reveal())}"));
                request.Hide(pair);
                request.SetHeader("Authorization", $"Basic {pair}");
                break;
            case ClientAuthentication.PrivateKeyJwt or ClientAuthentication.ClientSecretJwt:
                request.Add(scheme.ClientIdParameter, client.Id);
                request.Add("client_assertion_type", AssertionType);
                request.AddSecret("client_assertion", await SignAsync(account, client, cancellationToken));
                break;
            default:
                // The certificate is the secret of tls_client_auth; it is shown in the handshake.
                request.Add(scheme.ClientIdParameter, client.Id);
                if (secret is not null && scheme.ClientAuthentication == ClientAuthentication.Body)
                    request.AddSecret(scheme.ClientSecretParameter, secret.Reveal());
                break;
        }
    }

    /// <summary>application/x-www-form-urlencoded, as RFC 6749 §2.3.1 and appendix B ask for.</summary>
    internal static string FormEncode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    // Audience: the issuer where it is known, which is what servers of today ask for; else the token endpoint.
    private async ValueTask<string> SignAsync(OAuth2Account account, OAuthClient client, CancellationToken cancellationToken)
    {
        var (scheme, fields) = (account.Scheme, account.Fields);
        var audience = scheme.ClientAssertion.Audience is not null ? ""
            : await endpoints.IssuerAsync(scheme, fields, cancellationToken) ?? (await endpoints.TokenAsync(scheme, fields, cancellationToken)).OriginalString;
        return Assertion.Sign(account, scheme.ClientAssertion, new(client.Id, client.Id, audience, IsShared: scheme.ClientAuthentication == ClientAuthentication.ClientSecretJwt));
    }
}
