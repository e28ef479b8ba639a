using Microsoft.Extensions.Options;
using Npgsql;

namespace Recipes.Storage;

/// <summary>How far a stored run is pushed towards the disk before <c>SaveAsync</c> returns. Credentials are always stored as with <see cref="Full"/>.</summary>
/// <remarks>Source: SQLite, PRAGMA synchronous, in WAL mode.</remarks>
public enum RunSynchronous
{
    /// <summary>Survives a killed process; a power cut may take the last runs.</summary>
    Normal,
    /// <summary>Survives a power cut as well: one sync of the disk per group of runs.</summary>
    Full,
}

/// <summary>Where things are stored. Section <c>Storage</c>.</summary>
/// <exception cref="OptionsValidationException">At start-up, when a value is out of range.</exception>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>Folder of the SQLite database (<c>recipes.db</c>) and of the key ring (<c>keys</c>). Made at start-up, for its owner alone. With PostgreSQL both are there instead.</summary>
    /// <value>An absolute path, or one relative to the working folder; default <c>.data</c>.</value>
    public string DataFolder { get; set; } = ".data";

    /// <summary>For SQLite; PostgreSQL's own setting (<c>synchronous_commit</c>) holds there.</summary>
    public RunSynchronous RunSynchronous { get; set; } = RunSynchronous.Normal;

    /// <summary>Connection string of the PostgreSQL database that several nodes share; null keeps everything in SQLite.</summary>
    /// <value><c>Host=…;Database=…;Username=…;Password=…</c>. A secret: it is neither logged nor shown.</value>
    /// <remarks>Source: https://www.npgsql.org/doc/connection-string-parameters.html.</remarks>
    public string? Postgres { get; set; }

    /// <summary>How long a start waits for a PostgreSQL server that does not answer yet.</summary>
    /// <value>0 to 10 minutes, default 15 seconds.</value>
    public TimeSpan PostgresWait { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a run is left to a node that does not show itself any more, before another one goes on with it.</summary>
    /// <value>2 seconds to 10 minutes, default 30 seconds. The same on all nodes.</value>
    public TimeSpan RunLease { get; set; } = TimeSpan.FromSeconds(30);

    public bool UsesPostgres => !string.IsNullOrWhiteSpace(Postgres);

    internal string FullDataFolder => Path.GetFullPath(DataFolder);

    internal string DatabaseFile => Path.Combine(FullDataFolder, "recipes.db");

    internal string KeysFolder => Path.Combine(FullDataFolder, "keys");
}

internal sealed class StorageOptionsCheck : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        List<string> faults = [];
        if (string.IsNullOrWhiteSpace(options.DataFolder) || options.DataFolder.Contains('\0'))
            faults.Add($"{StorageOptions.Section}:{nameof(options.DataFolder)} is empty or no path: name the folder that keeps the database and the key ring.");
        if (!Enum.IsDefined(options.RunSynchronous))
            faults.Add($"{StorageOptions.Section}:{nameof(options.RunSynchronous)} is '{options.RunSynchronous}': use Normal or Full.");
        if (options.PostgresWait < TimeSpan.Zero || options.PostgresWait > TimeSpan.FromMinutes(10))
            faults.Add($"{StorageOptions.Section}:{nameof(options.PostgresWait)} must be 0 to 10 minutes.");
        if (options.RunLease < TimeSpan.FromSeconds(2) || options.RunLease > TimeSpan.FromMinutes(10))
            faults.Add($"{StorageOptions.Section}:{nameof(options.RunLease)} must be 2 seconds to 10 minutes.");
        if (options.UsesPostgres && FaultOf(options.Postgres!) is { } fault)
            faults.Add($"{StorageOptions.Section}:{nameof(options.Postgres)} {fault} Write for instance Host=db.example.com;Database=recipes;Username=recipes;Password=….");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    // In words of our own: the parser's may repeat what it was given.
    private static string? FaultOf(string connectionString)
    {
        if (connectionString.Contains("://", StringComparison.Ordinal))
            return "is an address; what is wanted is a connection string.";
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connectionString);
            return string.IsNullOrWhiteSpace(parts.Host) ? "names no Host."
                : string.IsNullOrWhiteSpace(parts.Database) ? "names no Database."
                : string.IsNullOrWhiteSpace(parts.Username) ? "names no Username."
                : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidCastException or KeyNotFoundException)
        {
            return "cannot be read: it is made of Keyword=value pairs with ; between them, and only keywords that Npgsql knows.";
        }
    }
}
