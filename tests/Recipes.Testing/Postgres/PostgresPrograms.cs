using System.Globalization;

namespace Recipes.Testing;

/// <summary>Where the programs of a PostgreSQL server are: Debian keeps each version in a folder of its own, which is on nobody's PATH.</summary>
internal static class PostgresPrograms
{
    private const string DebianFolder = "/usr/lib/postgresql";

    /// <summary>The folder with <c>postgres</c>, <c>initdb</c> and <c>pg_ctl</c>, of the newest version; null when there is none.</summary>
    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        var versions = Directory.Exists(DebianFolder) ? Directory.GetDirectories(DebianFolder) : [];
        var newestFirst = versions.OrderByDescending(v => decimal.TryParse(Path.GetFileName(v), CultureInfo.InvariantCulture, out var number) ? number : 0).Select(v => Path.Combine(v, "bin"));
        // Elsewhere they are on the PATH, or linked from there.
        var linked = Programs.Find("postgres") is { } found ? Path.GetDirectoryName(File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found) : null;
        return newestFirst.Append(linked).FirstOrDefault(f => f is not null && File.Exists(Path.Combine(f, "postgres")) && File.Exists(Path.Combine(f, "initdb")));
    }
}
