using System.Net;
using System.Net.Sockets;

namespace Recipes.Connections;

/// <summary>Tells addresses of the public internet from all others.</summary>
/// <remarks>Source: RFC 6890 and the IANA special-purpose registries; IPv4 inside IPv6 is looked at as IPv4 (RFC 4291 §2.5.5, RFC 6052, RFC 3056).</remarks>
internal static class PrivateAddresses
{
    private static readonly IPNetwork[] s_special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork s_sixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork s_compatible = IPNetwork.Parse("::/96");

    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var bytes = address.GetAddressBytes();
            if (s_nat64.Contains(address) || s_compatible.Contains(address))
                return bytes is not [.., 0, 0, 0, 0] and not [.., 0, 0, 0, 1] && IsPublic(new IPAddress(bytes.AsSpan(12)));
            if (s_sixToFour.Contains(address))
                return IsPublic(new IPAddress(bytes.AsSpan(2, 4)));
        }

        return !Array.Exists(s_special, n => n.Contains(address));
    }
}
