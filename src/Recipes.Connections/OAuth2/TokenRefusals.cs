using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Reads what a token endpoint's refusal means. It has a table of its own: a 401 blames the client here, not the account.</summary>
/// <remarks>Source: RFC 6749 §5.2, RFC 8707 §2; the codes beside those are of providers that answer 200 with an error inside.</remarks>
internal static class TokenRefusals
{
    private static readonly Dictionary<string, FailureKind> s_codes = new(StringComparer.Ordinal)
    {
        ["invalid_grant"] = FailureKind.ModifiedCredentials,
        ["bad_verification_code"] = FailureKind.ModifiedCredentials,
        ["bad_refresh_token"] = FailureKind.ModifiedCredentials,
        ["invalid_refresh_token"] = FailureKind.ModifiedCredentials,
        ["invalid_code"] = FailureKind.ModifiedCredentials,
        ["code_already_used"] = FailureKind.ModifiedCredentials,
        ["token_revoked"] = FailureKind.ModifiedCredentials,
        ["invalid_client"] = FailureKind.ClientRejected,
        ["unauthorized_client"] = FailureKind.ClientRejected,
        ["incorrect_client_credentials"] = FailureKind.ClientRejected,
        ["invalid_client_id"] = FailureKind.ClientRejected,
        ["bad_client_secret"] = FailureKind.ClientRejected,
        ["invalid_client_secret"] = FailureKind.ClientRejected,
        ["invalid_scope"] = FailureKind.Misconfigured,
        ["unsupported_grant_type"] = FailureKind.Misconfigured,
        ["invalid_target"] = FailureKind.Misconfigured,
        ["temporarily_unavailable"] = FailureKind.Unavailable,
        ["server_error"] = FailureKind.Unavailable,
        ["ratelimited"] = FailureKind.RateLimited,
    };

    /// <param name="json">The body, where it could be read.</param>
    public static Failure Read(OAuth2Account account, HttpResponseMessage response, string body, JsonDocument? json, string what, Redactor redactor)
    {
        var now = account.Time.GetUtcNow();
        var (status, isSuccess) = ((int)response.StatusCode, response.IsSuccessStatusCode);
        var (code, words) = Words(json, body, redactor);
        // A reply that was meant to hold a token may hold one where nobody looked for it.
        if (isSuccess && (code is null || words?.Contains('{', StringComparison.Ordinal) == true))
            words = null;
        var kind = FailureClassifier.FindDeclared(account.Scheme.TokenResponse.Errors, response, body, json) ?? KindOf(FailureClassifier.FromStatus(response, RequestPurpose.Probe), code);
        return new Failure
        {
            // A client that the account brought is a part of its credential.
            Kind = kind == FailureKind.ClientRejected && account.OwnsClient ? FailureKind.ModifiedCredentials : kind,
            Message = isSuccess && code is null ? $"{what} answered {status} without an access token." : $"{what} answered {status}{(words is null ? "" : $": {words}")}",
            Status = status,
            ProviderCode = code,
            ProviderWords = words,
            RetryAt = FailureClassifier.RetryAfter(response, now),
            At = now,
        };
    }

    // Only a definite refusal is a verdict: an outage may carry any words.
    private static FailureKind KindOf(FailureKind? fromStatus, string? code) =>
        fromStatus is FailureKind.RateLimited or FailureKind.Unavailable ? fromStatus.Value
        : code is not null && s_codes.TryGetValue(code, out var kind) ? kind
        : fromStatus is FailureKind.Misconfigured ? FailureKind.Misconfigured
        : FailureKind.Unknown;

    private static (string? Code, string? Words) Words(JsonDocument? json, string body, Redactor redactor)
    {
        try
        {
            return ProviderWords.From(json, body, redactor);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair passes the parser and throws when the text is read.
            return (null, null);
        }
    }
}
