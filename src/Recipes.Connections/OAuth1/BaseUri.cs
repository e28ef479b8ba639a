using System.Diagnostics.CodeAnalysis;

namespace Recipes.Connections;

/// <summary>The part of an address that is signed: scheme, host, a port that is not the usual one, and path.</summary>
/// <remarks>Source: RFC 5849 §3.4.1.2.</remarks>
internal static class BaseUri
{
    /// <summary>Reads an address strictly: what another party might read differently cannot be signed.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address) && address.Scheme is "http" or "https" && address is { Port: > 0, Host.Length: > 0 }
        && text.AsSpan().Trim().Length == text.Length;

    /// <summary>As text, not encoded any further.</summary>
    public static string Of(Uri address) =>
        address.IsDefaultPort ? $"{address.Scheme}://{HostOf(address)}{address.AbsolutePath}" : $"{address.Scheme}://{HostOf(address)}:{address.Port}{address.AbsolutePath}";

    public static void WriteEncoded(ref Utf8Buffer target, Uri address)
    {
        target.Append(address.Scheme);
        target.Append("%3A%2F%2F"u8);
        target.AppendEncoded(HostOf(address));
        if (!address.IsDefaultPort)
        {
            target.Append("%3A"u8);
            target.Append(address.Port);
        }

        target.AppendEncoded(address.AbsolutePath);
    }

    // As it stands in the Host header: in ASCII, a version 6 address in brackets.
    private static string HostOf(Uri address) => address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost;
}
