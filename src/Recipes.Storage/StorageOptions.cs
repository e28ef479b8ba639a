using Microsoft.Extensions.Options;

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

/// <summary>Where the embedded store lives. Section <c>Storage</c>.</summary>
/// <exception cref="OptionsValidationException">At start-up, when a value is out of range.</exception>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>Folder of the database (<c>recipes.db</c>) and of the key ring (<c>keys</c>). Made at start-up, for its owner alone.</summary>
    /// <value>An absolute path, or one relative to the working folder; default <c>.data</c>.</value>
    public string DataFolder { get; set; } = ".data";

    public RunSynchronous RunSynchronous { get; set; } = RunSynchronous.Normal;

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
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
