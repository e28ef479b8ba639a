using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.CommandLine;

/// <summary>Recipes in a folder, as they travel from host to host: <c>recipes/*.json</c> to the byte, and <c>connections.json</c> with what their connections are, without accounts and secrets.</summary>
internal sealed class Bundle(string folder)
{
    // What somebody sets up anew on another host is left out: OAuth clients are one installation's own.
    private static readonly string[] s_members = ["key", "displayName", "connector", "scheme", "presets", "scopes", "runtimeUser", "successAddress", "failureAddress", "checkEvery"];

    public string RecipesFolder => Path.Combine(folder, "recipes");

    public string ConnectionsFile => Path.Combine(folder, "connections.json");

    /// <summary>A definition of a connection as it travels.</summary>
    /// <param name="definition">As the host tells it.</param>
    public static JsonObject ToTravel(JsonNode definition) => new(s_members.Where(m => definition[m] is not (null or JsonArray { Count: 0 } or JsonObject { Count: 0 })).Select(m => KeyValuePair.Create(m, definition[m]?.DeepClone())));

    /// <summary>Its recipes, by name; a folder without <c>recipes/</c> holds them itself.</summary>
    /// <exception cref="CommandTroubleException">When there are none, or one cannot be read.</exception>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> ReadRecipes()
    {
        if (!Directory.Exists(folder))
            throw new CommandTroubleException($"There is no folder '{folder}'.");
        var files = RecipeFiles.In(Directory.Exists(RecipesFolder) ? RecipesFolder : folder).Where(f => Path.GetFullPath(f) != Path.GetFullPath(ConnectionsFile)).ToList();
        return files.Count > 0 ? RecipeFiles.Read(files) : throw new CommandTroubleException($"There are no recipes in '{folder}'.");
    }

    /// <summary>The definitions of connections in it; none where there is no such file.</summary>
    /// <exception cref="CommandTroubleException">When they cannot be read.</exception>
    public IReadOnlyList<JsonNode> ReadConnections()
    {
        if (!File.Exists(ConnectionsFile))
            return [];
        try
        {
            var list = JsonNode.Parse(File.ReadAllBytes(ConnectionsFile))?["connections"] as JsonArray;
            return list is not null && list.All(c => c is JsonObject && (string?)c["key"] is not null)
                ? [.. list!]
                : throw new CommandTroubleException($"{ConnectionsFile} is none that recipes export wrote: it has a list 'connections', each with a 'key'.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new CommandTroubleException($"{ConnectionsFile} cannot be read: {e.Message}");
        }
    }

    /// <summary>Writes a recipe as it is.</summary>
    /// <returns>False when the same is there already.</returns>
    public bool WriteRecipe(string name, byte[] json) => Write(Path.Combine(RecipesFolder, $"{name}.json"), json);

    /// <returns>False when the same is there already.</returns>
    public bool WriteConnections(IEnumerable<JsonNode> definitions) =>
        Write(ConnectionsFile, System.Text.Encoding.UTF8.GetBytes(OutputJson.Of(new JsonObject { ["connections"] = new JsonArray([.. definitions]) }) + "\n"));

    private static bool Write(string file, byte[] content)
    {
        try
        {
            if (File.Exists(file) && File.ReadAllBytes(file).AsSpan().SequenceEqual(content))
                return false;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandTroubleException($"{file} cannot be written: {e.Message}");
        }
    }
}
