namespace Recipes.Testing;

/// <summary>What must be on the machine for some tests. On a laptop they are skipped without it; where CI is set they run, and fail.</summary>
/// <remarks>Looked up when tests are discovered, as xunit 2 cannot skip a test that already runs.</remarks>
internal static class Prerequisite
{
    private static bool Insist => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));

    /// <summary>Why tests that need nginx are skipped, or null when they run.</summary>
    public static string? Nginx { get; } = Missing(Programs.Find("nginx") is null, "nginx is not installed (Debian: nginx-light)");

    public static string? Radicale { get; } = Missing(Programs.Find("radicale") is null, "Radicale is not installed (Debian: radicale)");

    public static string? Lighttpd { get; } = Missing(Programs.Find("lighttpd") is null, "lighttpd is not installed (Debian: lighttpd)");

    public static string? Etcd { get; } = Missing(Programs.Find("etcd") is null, "etcd is not installed (Debian: etcd-server)");

    public static string? Curl { get; } = Missing(Programs.Find("curl") is null, "curl is not installed (Debian: curl)");

    public static string? Syncthing { get; } = Missing(Programs.Find("syncthing") is null, "Syncthing is not installed (Debian: syncthing)");

    public static string? Postgres { get; } = Missing(PostgresPrograms.Folder is null, "PostgreSQL is not installed (Debian: postgresql)");

    public static string? Browser { get; } = Missing(Programs.Find("chromium") is null, "Chromium is not installed (Debian: chromium)");

    /// <summary>Debian's Python and the libraries of the OAuth 1.0 provider; another Python on the PATH has none of them.</summary>
    public static string? OAuth1 { get; } = Missing(
        !File.Exists("/usr/bin/python3") || !new[] { "oauthlib", "jwt", "cryptography" }.All(library => Directory.Exists($"/usr/lib/python3/dist-packages/{library}")),
        "oauthlib is not installed (Debian: python3-oauthlib python3-jwt python3-cryptography)");

    /// <summary>Debian's Python and its mail server.</summary>
    public static string? Smtp { get; } = Missing(
        !File.Exists("/usr/bin/python3") || !Directory.Exists("/usr/lib/python3/dist-packages/aiosmtpd"), "aiosmtpd is not installed (Debian: python3-aiosmtpd)");

    /// <summary>Node and the installed packages of the authorization server.</summary>
    public static string? Node { get; } = NodeFor("tests", "counterparties", "oidc");

    /// <summary>Node and the installed packages of the sandbox CRM.</summary>
    public static string? Crm { get; } = NodeFor("samples", "crm");

    /// <summary>The accessibility rules that pages are held against in the browser.</summary>
    public static string? Axe { get; } = NodeFor("tests", "axe");

    /// <summary>The installed npm package of Elsa Studio.</summary>
    public static string? Studio { get; } = NodeFor("src", "Recipes.Host", "Studio", "Package");

    private static string? NodeFor(params string[] folder) =>
        Missing(Programs.Find("node") is null, "Node is not installed (version 20 or newer)")
        ?? Missing(!Directory.Exists(RepositoryRoot.Combine([.. folder, "node_modules"])), $"no packages in {string.Join('/', folder)}: run npm ci there, or ./test");

    internal static string? Missing(bool missing, string reason, bool? insist = null) => missing && !(insist ?? Insist) ? reason : null;
}
