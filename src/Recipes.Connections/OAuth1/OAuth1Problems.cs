using System.Text.RegularExpressions;

namespace Recipes.Connections;

/// <summary>Reads what a provider says is wrong with a signed request.</summary>
/// <remarks>Source: the OAuth Problem Reporting extension (oauth_problem), which providers put into the header, a form, JSON or XML.</remarks>
internal static partial class OAuth1Problems
{
    public const string SignatureInvalid = "signature_invalid";

    /// <summary>The code of the problem; null when there is none.</summary>
    public static string? Find(HttpResponseMessage response, string? body)
    {
        // As it stands: many of these headers are not as RFC 9110 §11.6.1 wants them.
        if (response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var challenges))
        {
            foreach (var challenge in challenges)
            {
                if (Find(challenge) is { } problem)
                    return problem;
            }
        }

        return body is null ? null : Find(body);
    }

    public static string? Find(string text) => Problem().Match(text) is { Success: true } match ? match.Groups["code"].Value.ToLowerInvariant() : null;

    /// <summary>What the answer of an app to a signed request means; null where only its status tells.</summary>
    public static SchemeProblem? Read(OAuth1Scheme scheme, HttpResponseMessage response, string? body, DateTimeOffset now)
    {
        var consumer = scheme.NeedsClient ? FailureKind.ClientRejected : FailureKind.ModifiedCredentials;
        // Without a token the consumer is all that can be refused.
        var onlyConsumer = scheme.Flow == OAuth1Flow.TwoLegged;
        if (Find(response, body) is not { } code)
            return onlyConsumer && (int)response.StatusCode == 401 ? new(consumer, null) : null;
        FailureKind? kind = code switch
        {
            "consumer_key_unknown" or "consumer_key_rejected" or "consumer_key_refused" => consumer,
            "token_rejected" or "token_expired" or "token_revoked" or "token_used" or "verifier_invalid" => FailureKind.ModifiedCredentials,
            // Whose secret is at fault is looked into afterwards.
            SignatureInvalid => onlyConsumer ? consumer : FailureKind.ModifiedCredentials,
            "permission_denied" or "permission_unknown" or "user_refused" or "additional_authorization_required" => FailureKind.InsufficientPermissions,
            "timestamp_refused" or "version_rejected" or "signature_method_rejected" or "parameter_absent" or "parameter_rejected" => FailureKind.Misconfigured,
            // The same request came in twice, so something on the way repeats requests.
            "nonce_used" => FailureKind.Unknown,
            _ => null,
        };
        return kind is null ? null : new(kind.Value, code, Advice(code, response, now));
    }

    private static string? Advice(string code, HttpResponseMessage response, DateTimeOffset now) => code switch
    {
        "timestamp_refused" when response.Headers.Date is { } theirs =>
            $"The clock of this host is {Math.Abs((theirs - now).TotalSeconds):0} seconds {(theirs > now ? "behind" : "ahead of")} the app's: set it, for instance by NTP.",
        "timestamp_refused" => "Set the clock of this host, for instance by NTP: the app refuses the time it signed with.",
        "signature_method_rejected" => "Choose a scheme with another signature method.",
        "nonce_used" => "The app has seen this very request before: look for a proxy that repeats requests.",
        _ => null,
    };

    // In quotes or not, as oauth_problem=x, oauth_problem="x", "oauth_problem":"x", <oauth_problem>x.
    [GeneratedRegex("oauth_problem[\"'\\s:=>]{1,8}(?<code>[A-Za-z_]{1,60})", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Problem();
}
