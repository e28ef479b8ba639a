using System.Security.Cryptography;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Asks an endpoint that prepares consent: the pushed authorization request, the device authorization request.</summary>
/// <remarks>Source: RFC 9126 §2, RFC 8628 §3.1; the client authenticates as at the token endpoint.</remarks>
internal sealed class ProviderRequests(ClientAuthenticator clients, OAuth2Sender sender)
{
    /// <param name="what">The endpoint in words, as a sentence begins.</param>
    /// <returns>The answer, a JSON object; or why there is none, in the provider's words.</returns>
    public async Task<(JsonElement? Answer, Failure? Failure)> PostAsync(
        OAuth2Account account, Uri address, string what, IEnumerable<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        var request = new OAuth2Request(address, what);
        try
        {
            await clients.AuthenticateAsync(account, request, cancellationToken);
            foreach (var (name, value) in parameters.Where(p => !request.Parameters.Any(there => there.Key == p.Key && there.Key == account.Scheme.ClientIdParameter)))
                request.Add(name, value);
            using var response = await sender.SendAsync(request, cancellationToken);
            var body = FailureClassifier.Text(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            using var json = TokenReplyBody.Parse(body);
            return response.IsSuccessStatusCode && json is { RootElement: { ValueKind: JsonValueKind.Object } answer } && !answer.TryGetProperty("error", out _)
                ? (answer.Clone(), null)
                : (null, TokenRefusals.Read(account, response, body, json, what, request.CreateRedactor()));
        }
        catch (DiscoveryException e)
        {
            return (null, e.Failure);
        }
        catch (FormatException e)
        {
            return (null, new Failure { Kind = FailureKind.Misconfigured, Message = e.Message, At = account.Time.GetUtcNow() });
        }
        catch (CryptographicException)
        {
            return (null, new Failure { Kind = FailureKind.Misconfigured, Message = $"The client secret of '{account.Definition.Key}' cannot be opened with this key ring. Restore the keys it was sealed with, or set the secret again.", At = account.Time.GetUtcNow() });
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, FailureClassifier.FromException(e, what, account.Time.GetUtcNow()));
        }
    }
}
