namespace Recipes.Testing;

/// <summary>Where the repository lies on this machine.</summary>
public static class RepositoryRoot
{
    /// <summary>The full path of the folder that holds Recipes.sln.</summary>
    /// <exception cref="DirectoryNotFoundException">When the tests run outside the repository.</exception>
    public static string Path { get; } = Find();

    /// <summary>The full path of a file or folder, given its parts from the root on.</summary>
    public static string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Recipes.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Recipes.sln above {AppContext.BaseDirectory}: the tests run from their build folder inside the repository.");
    }
}
