namespace Recipes.CommandLine;

/// <summary>Recipe files on this machine.</summary>
internal static class RecipeFiles
{
    /// <summary>The files that paths name, folders by all that are in them.</summary>
    /// <exception cref="CommandTroubleException">When there are none.</exception>
    public static IReadOnlyList<string> At(IEnumerable<string> paths)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
                files.AddRange(In(path) is { Count: > 0 } found ? found : throw new CommandTroubleException($"There is no recipe in '{path}': they are files that end in .json."));
            else if (File.Exists(path))
                files.Add(path);
            else
                throw new CommandTroubleException($"There is no file or folder '{path}'.");
        }

        return [.. files.DistinctBy(Path.GetFullPath)];
    }

    /// <summary>Those of a folder, as a host loads them.</summary>
    public static IReadOnlyList<string> In(string folder) => [.. Directory.EnumerateFiles(folder, "*.json").Where(f => Path.GetFileName(f)[0] != '.').Order(StringComparer.Ordinal)];

    public static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);

    /// <returns>By name.</returns>
    /// <exception cref="CommandTroubleException">When one cannot be read.</exception>
    public static Dictionary<string, ReadOnlyMemory<byte>> Read(IEnumerable<string> files)
    {
        var read = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var file in files.DistinctBy(Path.GetFullPath))
        {
            try
            {
                read[NameOf(file)] = File.ReadAllBytes(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandTroubleException($"{file} cannot be read: {e.Message}");
            }
        }

        return read;
    }
}
