using System.Net;
using Microsoft.Extensions.Options;
using Recipes.Connectors;

namespace Recipes.Host;

/// <summary>Where the host listens and finds its files. Settings, environment variables and command line alike: <c>--DataFolder …</c>.</summary>
/// <exception cref="OptionsValidationException">At start-up, with all faults together.</exception>
public sealed class RecipesHostOptions
{
    /// <summary>Addresses to listen on, parted by semicolons; loopback only, as there is no production sign-in yet.</summary>
    /// <value>Default <c>http://127.0.0.1:5080</c>. Port 0 takes a free one.</value>
    public string Urls { get; set; } = "http://127.0.0.1:5080";

    /// <summary>Folder of the database, the key ring and the operator's first token.</summary>
    public string DataFolder { get; set; } = ".data";

    /// <summary>Folder that recipes are loaded from.</summary>
    public string RecipesFolder { get; set; } = "recipes";

    /// <summary>Folder of further connectors; null for the built-in ones alone.</summary>
    public string? ConnectorsFolder { get; set; }

    /// <summary>Names of the built-in connectors that people are offered, beside those of <see cref="ConnectorsFolder"/>; all when empty. What else is in use goes on working.</summary>
    public IList<string> OfferedConnectors { get; } = [];

    /// <summary>Scheme, host and port under which browsers and providers reach this host; null for the address it listens on.</summary>
    public string? PublicOrigin { get; set; }

    internal Uri? PublicOriginUri => string.IsNullOrWhiteSpace(PublicOrigin) ? null : new Uri(PublicOrigin);

    internal IEnumerable<string> ListenOn => Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

internal sealed class RecipesHostOptionsCheck : IValidateOptions<RecipesHostOptions>
{
    public ValidateOptionsResult Validate(string? name, RecipesHostOptions options)
    {
        List<string> faults = [];
        if (!options.ListenOn.Any())
            faults.Add("Urls is empty: give an address to listen on, such as http://127.0.0.1:5080.");
        foreach (var url in options.ListenOn)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                faults.Add($"Urls: '{url}' is no address. Write for instance http://127.0.0.1:5080.");
            else if (!IsLoopback(address))
                faults.Add($"Urls: '{url}' is reachable from other machines, and without a production sign-in the host listens on loopback only. Use http://127.0.0.1:{address.Port} (behind a reverse proxy on this machine set PublicOrigin).");
        }

        if (string.IsNullOrWhiteSpace(options.DataFolder))
            faults.Add("DataFolder is empty: name the folder that keeps the database and the key ring.");
        if (string.IsNullOrWhiteSpace(options.RecipesFolder))
            faults.Add("RecipesFolder is empty: name the folder that recipes are loaded from.");
        if (!string.IsNullOrWhiteSpace(options.ConnectorsFolder) && !Directory.Exists(options.ConnectorsFolder))
            faults.Add($"ConnectorsFolder: there is no folder '{options.ConnectorsFolder}'. Make it, or leave the setting out.");
        foreach (var unknown in options.OfferedConnectors.Where(n => !ConnectorCatalogue.BuiltIn.Contains(n)))
            faults.Add($"OfferedConnectors: '{unknown}' is no built-in connector. './cli connectors list' names them; your own are always offered.");
        if (!string.IsNullOrWhiteSpace(options.PublicOrigin) && !IsOrigin(options.PublicOrigin))
            faults.Add($"PublicOrigin: '{options.PublicOrigin}' is no origin. Write scheme, host and port only, for instance https://recipes.example.com.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsLoopback(Uri address) =>
        address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var origin) && origin.Scheme is "http" or "https" && origin is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" };
}
