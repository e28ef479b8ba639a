using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>Signs deliveries as a file says its app does: a second writing, which shares nothing with the one that verifies them.</summary>
internal sealed class WebhookSigner(DeliverySignature signature, string secret)
{
    private const string Address = "https://recipes.example/hooks/made-up";

    /// <summary>Whether deliveries carry anything to verify.</summary>
    public bool CanSign => signature is HmacSignature or TokenSignature or BasicSignature;

    /// <summary>Whether the whole delivery is signed, not only the secret sent along.</summary>
    public bool SignsContent => signature is HmacSignature;

    public bool IsTimed => signature is HmacSignature { Timestamp: not null };

    /// <summary>How old a delivery may be.</summary>
    public TimeSpan Tolerance => signature is HmacSignature { Timestamp: { } time } ? time.Tolerance : TimeSpan.Zero;

    /// <summary>A delivery that was sent at a time.</summary>
    /// <param name="value">What the body is about.</param>
    public WebhookMessage Deliver(DateTimeOffset at, string value)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = "application/json" };
        var query = new Dictionary<string, string>();
        var body = new JsonObject { ["value"] = value };
        switch (signature)
        {
            case TokenSignature { Declared: { Header: { } header, Prefix: var prefix } }:
                headers[header] = prefix + secret;
                break;
            case TokenSignature { Declared: { Query: { } parameter, Prefix: var prefix } }:
                query[parameter] = prefix + secret;
                break;
            case TokenSignature { Declared: { BodyPath: { } path, Prefix: var prefix } }:
                Put(body, path, prefix + secret);
                break;
            case BasicSignature basic:
                headers["Authorization"] = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{basic.UserName}:{secret}"))}";
                break;
            case HmacSignature hmac:
                Sign(hmac, at, body, headers);
                break;
        }

        return new("POST", new Uri(Address), headers, query, Encoding.UTF8.GetBytes(body.ToJsonString()));
    }

    private void Sign(HmacSignature hmac, DateTimeOffset at, JsonObject body, Dictionary<string, string> headers)
    {
        var time = hmac.Timestamp?.Unit switch
        {
            TimestampUnit.Seconds => $"{at.ToUnixTimeSeconds()}",
            TimestampUnit.Milliseconds => $"{at.ToUnixTimeMilliseconds()}",
            _ => at.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        };
        if (hmac.Timestamp?.BodyPath is { } path)
            Put(body, path, time);
        if (hmac.Timestamp?.Header is { } timeHeader)
            headers[timeHeader] = time;
        if (hmac.Content.IdHeader is { } idHeader)
            headers[idHeader] = "msg_1";
        var content = hmac.Content.Source.Replace("{{timestamp}}", time).Replace("{{id}}", "msg_1").Replace("{{method}}", "POST").Replace("{{address}}", Address).Replace("{{form}}", body.ToJsonString()).Replace("{{body}}", body.ToJsonString());
        while (content.IndexOf("{{header.", StringComparison.Ordinal) is >= 0 and var start)
        {
            var end = content.IndexOf("}}", start, StringComparison.Ordinal);
            headers[content[(start + "{{header.".Length)..end].Trim()] = "h";
            content = $"{content[..start]}h{content[(end + 2)..]}";
        }

        var key = hmac.Key switch
        {
            HmacKey.Hex => Convert.FromHexString(secret),
            HmacKey.Base64 => Convert.FromBase64String(secret),
            HmacKey.Standard => Convert.FromBase64String(secret[(secret.IndexOf('_', StringComparison.Ordinal) + 1)..]),
            _ => Encoding.UTF8.GetBytes(secret),
        };
        using var hash = IncrementalHash.CreateHMAC(hmac.Algorithm, key);
        hash.AppendData(Encoding.UTF8.GetBytes(content));
        var sum = hash.GetHashAndReset();
        var written = hmac.Prefix + (hmac.IsBase64 ? Convert.ToBase64String(sum) : Convert.ToHexString(sum).ToLowerInvariant());
        headers[hmac.Header] = hmac.Timestamp?.Part is { } part ? $"{part}={time}{hmac.Separator}{written}" : written;
    }

    private static void Put(JsonObject body, IReadOnlyList<string> path, string text)
    {
        var holder = body;
        foreach (var segment in path.Take(path.Count - 1))
        {
            var inner = new JsonObject();
            holder[segment] = inner;
            holder = inner;
        }

        holder[path[^1]] = text;
    }
}
