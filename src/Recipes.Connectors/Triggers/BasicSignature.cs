using System.Text;

namespace Recipes.Connectors;

/// <summary>Deliveries carry a user name and the secret as a password.</summary>
/// <remarks>Source: RFC 7617.</remarks>
internal sealed class BasicSignature(string userName) : DeliverySignature
{
    /// <summary>For the check of connectors.</summary>
    internal string UserName => userName;

    private protected override string? Check(WebhookMessage message, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        if (!message.Headers.TryGetValue("Authorization", out var given) || !given.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return "The user name and the password are missing: header Authorization.";
        var bytes = new byte[given.Length];
        return Convert.TryFromBase64String(given["Basic ".Length..].Trim(), bytes, out var length)
            && secrets.Any(secret => AreEqual(Encoding.UTF8.GetString(bytes, 0, length), $"{userName}:{secret}"))
            ? null : "The user name or the password is not the right one.";
    }
}
