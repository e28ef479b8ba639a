namespace Recipes.Testing;

/// <summary>Finds programs of the operating system.</summary>
public static class Programs
{
    // Debian keeps servers in /usr/sbin, which is not on everybody's PATH.
    private static readonly string[] s_folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/usr/bin", "/sbin"];

    /// <summary>The full path of a program, or null when it is not installed.</summary>
    public static string? Find(string name) => s_folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>The full path of a program.</summary>
    /// <exception cref="FileNotFoundException">When it is not installed.</exception>
    public static string Get(string name) => Find(name) ?? throw new FileNotFoundException($"{name} is not installed; ./test says how to get it.", name);
}
