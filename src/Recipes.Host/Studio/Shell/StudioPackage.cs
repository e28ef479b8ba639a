using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace Recipes.Host;

/// <summary>The files of Elsa Studio, as npm installed them. Only what was found in the folder is ever served, by its exact name.</summary>
internal sealed class StudioPackage(IOptions<StudioShellOptions> options, IHostEnvironment environment)
{
    private const string Marker = "_framework/blazor.webassembly.js";
    private const string Published = "elsa-studio";
    private static readonly string[] s_inCheckout = ["src", "Recipes.Host", "Studio", "Package"];
    private static readonly string[] s_installed = ["node_modules", "@elsa-workflows", "elsa-studio-wasm"];

    private FrozenDictionary<string, StudioFile>? _files;

    /// <summary>Whether the designer can be opened; looked up again until it is there.</summary>
    public bool IsInstalled => Files.Count > 0;

    /// <summary>What to do where it is not, in one line.</summary>
    public string HowToInstall => options.Value.Folder is { Length: > 0 } folder
        ? $"Elsa Studio is not in {folder}, which the setting Studio:Folder names: run npm ci in src/Recipes.Host/Studio/Package, or name the folder where @elsa-workflows/elsa-studio-wasm is installed."
        : "Elsa Studio is not installed here: run npm ci in src/Recipes.Host/Studio/Package and reload this page (a published host takes it along when it is published again), or name its folder in the setting Studio:Folder.";

    /// <param name="path">Relative, with forward slashes, as in an address.</param>
    public StudioFile? Find(string path) => Files.GetValueOrDefault(path);

    private FrozenDictionary<string, StudioFile> Files => _files ?? Read();

    private FrozenDictionary<string, StudioFile> Read()
    {
        if (Candidates().FirstOrDefault(folder => File.Exists(Path.Combine(folder, Marker))) is not { } root)
            return FrozenDictionary<string, StudioFile>.Empty;
        var names = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')).ToHashSet(StringComparer.Ordinal);
        return _files = names
            .Where(name => !IsVariant(name, names) && StudioFile.IsServed(name))
            .ToFrozenDictionary(name => name, name => new StudioFile(root, name, names.Contains($"{name}.br"), names.Contains($"{name}.gz")), StringComparer.Ordinal);
    }

    private static bool IsVariant(string name, HashSet<string> names) => Path.GetExtension(name) is ".br" or ".gz" && names.Contains(name[..^3]);

    private IEnumerable<string> Candidates()
    {
        if (options.Value.Folder is { Length: > 0 } given)
            return [Path.GetFullPath(given, environment.ContentRootPath)];
        string[] starts = [AppContext.BaseDirectory, environment.ContentRootPath];
        return [.. starts.Select(start => Path.Combine(start, Published)), .. starts.Select(Checkout).OfType<string>().Select(checkout => Path.Combine([checkout, .. s_inCheckout, .. s_installed]))];
    }

    private static string? Checkout(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Recipes.sln")))
                return folder.FullName;
        }

        return null;
    }
}
