using System.Net;

namespace Recipes.Connections;

/// <summary>The operator's exceptions, parsed once.</summary>
internal sealed class EgressAllowList
{
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<IPNetwork> _networks = [];

    public EgressAllowList(IEnumerable<string> entries)
    {
        foreach (var entry in entries.Select(e => e.Trim()).Where(e => e.Length > 0))
        {
            if (entry.Contains('/', StringComparison.Ordinal))
                _networks.Add(IPNetwork.TryParse(entry, out var network) ? network : throw new FormatException($"Egress:Allow: '{entry}' is no network, write for instance 10.1.0.0/16."));
            else
                _hosts.Add(entry);
        }
    }

    public bool Contains(string host, int port) => _hosts.Contains(host) || _hosts.Contains(host.Contains(':', StringComparison.Ordinal) ? $"[{host.Trim('[', ']')}]:{port}" : $"{host}:{port}") || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && Contains(address));

    public bool Contains(IPAddress address) => _networks.Exists(n => n.Contains(address));
}
