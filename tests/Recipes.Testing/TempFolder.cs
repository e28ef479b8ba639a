namespace Recipes.Testing;

/// <summary>A folder of its own for one test or server, removed with all it holds on dispose.</summary>
/// <remarks>The name is short: Unix sockets inside it may have at most 107 bytes of path.</remarks>
public sealed class TempFolder : IDisposable
{
    /// <summary>The full path; only this user may enter.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("recipes-").FullName;

    /// <summary>The full path of a file or folder inside.</summary>
    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes a text file inside, atomically: a reader sees the old text or the new.</summary>
    public async Task WriteAsync(string name, string text, CancellationToken cancellationToken = default)
    {
        var file = Combine(name);
        var draft = $"{file}.{Guid.NewGuid():N}";
        await File.WriteAllTextAsync(draft, text, cancellationToken);
        File.Move(draft, file, overwrite: true);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // Already gone, or a file was written while it was being removed: the system clears its temp folder.
        }
    }
}
