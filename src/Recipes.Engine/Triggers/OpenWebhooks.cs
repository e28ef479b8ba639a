using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>What deliveries to webhooks of no app are verified by.</summary>
internal static class OpenWebhooks
{
    private const string KeyPrefix = "whsec_";
    private const int ShortestKey = 16;

    private static readonly DeliverySignature s_token = DeliverySignature.Token("Authorization", null, "Bearer ");

    public static DeliverySignature SignatureOf(WebhookProof proof) => proof switch
    {
        WebhookProof.None => DeliverySignature.None,
        WebhookProof.Token => s_token,
        WebhookProof.Standard => DeliverySignature.Standard,
        _ => throw new ArgumentOutOfRangeException(nameof(proof), proof, null),
    };

    /// <returns>What is wrong with a secret that somebody gave; null when it can be used.</returns>
    public static string? FaultOf(WebhookProof proof, string secret)
    {
        if (proof == WebhookProof.Token)
            return secret.Length >= ShortestKey && secret.All(c => c is > ' ' and <= '~') ? null : $"A secret has {ShortestKey} characters or more, printable and without spaces.";
        var text = secret.StartsWith(KeyPrefix, StringComparison.Ordinal) ? secret[KeyPrefix.Length..] : secret;
        return Convert.TryFromBase64String(text, new byte[text.Length], out var length) && length >= ShortestKey ? null : $"A secret is {KeyPrefix} and base64 of {ShortestKey} bytes or more.";
    }
}
