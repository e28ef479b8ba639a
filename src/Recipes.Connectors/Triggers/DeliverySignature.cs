using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connectors;

/// <summary>How deliveries show that they come from the app.</summary>
public abstract class DeliverySignature
{
    private protected DeliverySignature()
    {
    }

    /// <summary>They do not: whoever knows the address is believed.</summary>
    public static DeliverySignature None { get; } = new NoSignature();

    /// <summary>Standard Webhooks: <c>webhook-id</c>, <c>webhook-timestamp</c>, <c>webhook-signature</c>, five minutes.</summary>
    /// <remarks>Source: https://www.standardwebhooks.com, "Signature scheme" and "Verifying webhook authenticity".</remarks>
    public static DeliverySignature Standard { get; } = new HmacSignature
    {
        Algorithm = HashAlgorithmName.SHA256,
        Content = SignedContent.Parse("{{id}}.{{timestamp}}.{{body}}", "webhook-id"),
        Key = HmacKey.Standard,
        IsBase64 = true,
        Header = "webhook-signature",
        Prefix = "v1,",
        Separator = ' ',
        Timestamp = new("webhook-timestamp", null, null, TimestampUnit.Seconds, HmacSignature.UsualTolerance),
    };

    /// <summary>The secret itself comes along.</summary>
    /// <param name="header">Its header; null where it is in the query.</param>
    /// <param name="query">Its parameter; null where it is in a header.</param>
    /// <param name="prefix">What stands before it.</param>
    public static DeliverySignature Token(string? header, string? query, string prefix = "") => new TokenSignature(header, query, null, prefix);

    /// <summary>Whether there is a secret at all.</summary>
    public virtual bool NeedsSecret => true;

    /// <summary>Why a delivery is not believed, in a sentence without secrets; null when it is.</summary>
    /// <param name="secret">Several are parted by line breaks: each is good.</param>
    public string? FaultOf(WebhookMessage message, string? secret, DateTimeOffset now)
    {
        string[] secrets = secret?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return NeedsSecret && secrets.Length == 0 ? "There is no secret to verify it by." : Check(message, secrets, now);
    }

    /// <summary>A new secret, as most apps take it.</summary>
    public virtual string CreateSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>What the app would answer to a challenge with: a keyed hash of a text.</summary>
    internal virtual string? Sign(string text, string secret) => null;

    private protected abstract string? Check(WebhookMessage message, IReadOnlyList<string> secrets, DateTimeOffset now);

    /// <summary>In a time that tells nothing about either but the length.</summary>
    private protected static bool AreEqual(string given, string expected) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    private sealed class NoSignature : DeliverySignature
    {
        public override bool NeedsSecret => false;

        private protected override string? Check(WebhookMessage message, IReadOnlyList<string> secrets, DateTimeOffset now) => null;
    }
}
