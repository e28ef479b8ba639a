namespace Recipes.Storage;

/// <summary>The data folder and what is in it belong to the account that runs the host, and to nobody else.</summary>
internal static class DataFolder
{
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="StorageStartException">When the folder or the file cannot be made or written; names the path.</exception>
    public static void Prepare(StorageOptions options)
    {
        var path = options.FullDataFolder;
        try
        {
            CreatePrivate(path);
            if (options.UsesPostgres)
                return;
            path = options.KeysFolder;
            CreatePrivate(path);
            path = options.DatabaseFile;
            OpenPrivate(path, FileShare.ReadWrite | FileShare.Delete).Dispose();
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, OwnersFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageStartException($"{path} cannot be made or written: {e.Message} Give this account the right to write there, or set {StorageOptions.Section}:{nameof(StorageOptions.DataFolder)} to another folder.", e);
        }
    }

    public static FileStream OpenPrivate(string path, FileShare share)
    {
        var how = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = OwnersFile;
        return new(path, how);
    }

    private static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        Directory.CreateDirectory(path, OwnersFolder);
        // One that was there before (or was made by the key ring) may be open to others.
        File.SetUnixFileMode(path, OwnersFolder);
    }
}
