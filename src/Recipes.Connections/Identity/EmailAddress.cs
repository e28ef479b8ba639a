using System.Diagnostics.CodeAnalysis;
using System.Net.Mail;

namespace Recipes.Connections;

/// <summary>An address that mail can go to: printable ASCII without white space, at most 254 characters, no display name.</summary>
/// <remarks>Source: RFC 5321 §4.5.3.1. Not offered: addresses that need SMTPUTF8 (RFC 6531).</remarks>
public static class EmailAddress
{
    public const string Rule = "An e-mail address looks like ann@example.com: printable ASCII without spaces, at most 254 characters.";

    /// <param name="address">The address, its host in lower case.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? address)
    {
        address = null;
        text = text?.Trim();
        // What ends or nests an address or a header must not get through, whatever the parser thinks of it.
        if (text is not { Length: > 2 and <= 254 } || text.Any(c => c is <= ' ' or > '~' or '<' or '>' or '"' or '(' or ')' or ',' or ';' or ':' or '\\' or '[' or ']'))
            return false;
        if (!MailAddress.TryCreate(text, out var parsed) || parsed.Address != text || parsed.User.Length == 0 || parsed.Host.Length == 0)
            return false;
        address = $"{parsed.User}@{parsed.Host.ToLowerInvariant()}";
        return true;
    }
}
