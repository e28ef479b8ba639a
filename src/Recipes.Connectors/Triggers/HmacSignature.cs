using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connectors;

/// <summary>How the secret becomes a key.</summary>
internal enum HmacKey
{
    Text,
    Hex,
    Base64,
    /// <summary>Base64 after <c>whsec_</c>.</summary>
    Standard,
}

internal enum TimestampUnit
{
    Seconds,
    Milliseconds,
    /// <summary>ISO 8601.</summary>
    Date,
}

/// <summary>Where a delivery says when it was sent; one of the three.</summary>
/// <param name="Part">Name within the signature's own header.</param>
/// <param name="BodyPath">Into a JSON body.</param>
/// <param name="Tolerance">How far from now it may be, either way.</param>
internal sealed record SignatureTimestamp(string? Header, string? Part, IReadOnlyList<string>? BodyPath, TimestampUnit Unit, TimeSpan Tolerance);

/// <summary>A keyed hash over parts of the delivery.</summary>
internal sealed class HmacSignature : DeliverySignature
{
    // A header with more signatures than any app sends would only make work.
    private const int MostSignatures = 20;

    private const string StandardPrefix = "whsec_";

    public static TimeSpan UsualTolerance { get; } = TimeSpan.FromMinutes(5);

    public required HashAlgorithmName Algorithm { get; init; }
    public required SignedContent Content { get; init; }
    public required string Header { get; init; }
    public HmacKey Key { get; init; }
    public bool IsBase64 { get; init; }

    /// <summary>What stands before each signature.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Parts the signatures of the header; null where there is one.</summary>
    public char? Separator { get; init; }
    public SignatureTimestamp? Timestamp { get; init; }

    public override string CreateSecret() => Key switch
    {
        HmacKey.Standard => StandardPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        HmacKey.Base64 => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        _ => base.CreateSecret(),
    };

    internal override string? Sign(string text, string secret)
    {
        var hash = Hash(KeyOf(secret) ?? [], Encoding.UTF8.GetBytes(text));
        return IsBase64 ? Convert.ToBase64String(hash) : Convert.ToHexStringLower(hash);
    }

    /// <summary>Whether a secret can be a key.</summary>
    internal bool Fits(string secret) => KeyOf(secret) is not null;

    private protected override string? Check(WebhookMessage message, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        if (!message.Headers.TryGetValue(Header, out var header) || header.Length == 0)
            return $"The signature is missing: header {Header}.";
        string[] pieces = Separator is { } separator ? [.. header.Split(separator, MostSignatures + 1, StringSplitOptions.TrimEntries).Take(MostSignatures)] : [header.Trim()];
        string? timestamp = null;
        if (Timestamp is { } rules && FaultOfTime(rules, message, pieces, now, out timestamp) is { } stale)
            return stale;
        if (Content.Make(message, timestamp, out var missing) is not { } content)
            return $"Something that is signed is missing: {missing}.";
        var given = pieces.Where(p => p.StartsWith(Prefix, StringComparison.Ordinal)).Select(p => Decode(p[Prefix.Length..])).OfType<byte[]>().ToList();
        foreach (var secret in secrets)
        {
            if (KeyOf(secret) is not { } key)
                return "The secret is not in the form that the app gives it.";
            var expected = Hash(key, content);
            if (given.Any(g => CryptographicOperations.FixedTimeEquals(g, expected)))
                return null;
        }

        return $"The signature does not match: header {Header}. The secret is another one, or the delivery was changed on its way.";
    }

    private static string? FaultOfTime(SignatureTimestamp rules, WebhookMessage message, string[] pieces, DateTimeOffset now, out string? text)
    {
        text = rules.Header is { } header ? message.Headers.GetValueOrDefault(header)
            : rules.Part is { } part ? pieces.FirstOrDefault(p => p.StartsWith($"{part}=", StringComparison.Ordinal))?[(part.Length + 1)..]
            : WebhookBody.TryRead(message, out var body, out _) ? PlainText.Of(NextPages.Read(body, rules.BodyPath!)) : null;
        if (string.IsNullOrEmpty(text))
            return "The time of the delivery is missing.";
        if (TimeOf(text, rules.Unit) is not { } sent)
            return "The time of the delivery cannot be read.";
        return (now - sent).Duration() <= rules.Tolerance ? null
            : string.Create(CultureInfo.InvariantCulture, $"The delivery is too {(sent < now ? "old" : "far ahead")}: {(now - sent).Duration().TotalSeconds:0} seconds, of {rules.Tolerance.TotalSeconds:0} at most.");
    }

    private static DateTimeOffset? TimeOf(string text, TimestampUnit unit)
    {
        if (unit == TimestampUnit.Date)
            return PlainComparer.TryDate(text, out var date) ? date : null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        // Beyond the year 9999 there is nothing to compare with.
        return number > (unit == TimestampUnit.Seconds ? 253_402_300_799 : 253_402_300_799_999) ? null
            : unit == TimestampUnit.Seconds ? DateTimeOffset.FromUnixTimeSeconds(number) : DateTimeOffset.FromUnixTimeMilliseconds(number);
    }

    private byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        if (IsBase64)
            return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
        return Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done ? bytes[..written] : null;
    }

    private byte[]? KeyOf(string secret)
    {
        var bytes = new byte[secret.Length];
        switch (Key)
        {
            case HmacKey.Text:
                return Encoding.UTF8.GetBytes(secret);
            case HmacKey.Hex:
                return Convert.FromHexString(secret, bytes, out _, out var written) == System.Buffers.OperationStatus.Done ? bytes[..written] : null;
            default:
                var text = Key == HmacKey.Standard && secret.StartsWith(StandardPrefix, StringComparison.Ordinal) ? secret[StandardPrefix.Length..] : secret;
                return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
        }
    }

    private byte[] Hash(byte[] key, byte[] content) => Algorithm.Name switch
    {
        // Some apps sign with SHA-1 to this day; as a keyed hash it has not been broken.
#pragma warning disable CA5350
        "SHA1" => HMACSHA1.HashData(key, content),
#pragma warning restore CA5350
        "SHA256" => HMACSHA256.HashData(key, content),
        "SHA512" => HMACSHA512.HashData(key, content),
        _ => throw new InvalidOperationException($"There is no signature by {Algorithm.Name}."),
    };
}
