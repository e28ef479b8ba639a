using System.Text.Json;
using System.Text.Json.Serialization;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>The small JSON values that live inside a column.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(List<Limitation>))]
[JsonSerializable(typeof(Failure))]
[JsonSerializable(typeof(NoticedIncident))]
[JsonSerializable(typeof(Announcement))]
[JsonSerializable(typeof(RunFailureJson))]
[JsonSerializable(typeof(List<BoundConnectionJson>))]
[JsonSerializable(typeof(List<JournalEntryJson>))]
internal sealed partial class StoredJson : JsonSerializerContext
{
    public static string Write(IReadOnlyDictionary<string, string> map) => JsonSerializer.Serialize(map as Dictionary<string, string> ?? new(map), Default.DictionaryStringString);

    public static IReadOnlyDictionary<string, string> ReadMap(string json) => JsonSerializer.Deserialize(json, Default.DictionaryStringString)!;

    public static string Write(IReadOnlyList<string> list) => JsonSerializer.Serialize([.. list], Default.ListString);

    public static IReadOnlyList<string> ReadList(string json) => JsonSerializer.Deserialize(json, Default.ListString)!;

    public static string Write(IReadOnlyList<Limitation> list) => JsonSerializer.Serialize([.. list], Default.ListLimitation);

    public static IReadOnlyList<Limitation> ReadLimitations(string json) => JsonSerializer.Deserialize(json, Default.ListLimitation)!;

    public static string? Write(Failure? failure) => failure is null ? null : JsonSerializer.Serialize(failure, Default.Failure);

    public static string? Write(NoticedIncident? incident) => incident is null ? null : JsonSerializer.Serialize(incident, Default.NoticedIncident);

    public static NoticedIncident? ReadIncident(string? json) => json is null ? null : JsonSerializer.Deserialize(json, Default.NoticedIncident);

    public static Failure? ReadFailure(string? json) => json is null ? null : JsonSerializer.Deserialize(json, Default.Failure);
}
