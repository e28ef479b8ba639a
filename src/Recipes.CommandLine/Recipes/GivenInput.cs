using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.CommandLine;

/// <summary>Reads values that somebody gives: <c>name=text</c>, <c>name:=JSON</c>, or a file with a JSON object.</summary>
internal static class GivenInput
{
    public const string Description = "name=text, or name:=JSON; may be given several times.";

    /// <param name="file">Read first; - for the standard input.</param>
    /// <exception cref="CommandTroubleException">When something of it cannot be read.</exception>
    public static JsonObject Read(IEnumerable<string> values, string? file = null)
    {
        var input = file is null ? [] : ReadFile(file);
        foreach (var value in values)
        {
            var at = value.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                throw new CommandTroubleException($"'{value}' is no input: write {Description}");
            var isJson = value[at - 1] == ':';
            var name = value[..(isJson ? at - 1 : at)];
            if (name.Length == 0)
                throw new CommandTroubleException($"'{value}' is no input: write {Description}");
            try
            {
                input[name] = isJson ? JsonNode.Parse(value[(at + 1)..]) : value[(at + 1)..];
            }
            catch (JsonException e)
            {
                throw new CommandTroubleException($"What is given as {name} is no JSON: {e.Message}");
            }
        }

        return input;
    }

    private static JsonObject ReadFile(string file)
    {
        try
        {
            return JsonNode.Parse(file == "-" ? Console.In.ReadToEnd() : File.ReadAllText(file)) as JsonObject ?? throw new CommandTroubleException($"{file} holds no JSON object.");
        }
        catch (JsonException e)
        {
            throw new CommandTroubleException($"{file} is no JSON: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandTroubleException($"{file} cannot be read: {e.Message}");
        }
    }
}
