using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>How far a poll is, and of what: with other inputs, or through another connection, its cursor means nothing.</summary>
/// <param name="Of">As of <see cref="HashOf"/>.</param>
/// <param name="Cursor">The trigger's own, JSON; null before its first page.</param>
/// <param name="AnewAt">When it began anew, until its first page; null where it was switched on.</param>
internal sealed record PollPlace(string Of, string? Cursor, DateTimeOffset? AnewAt)
{
    private const int HashBytes = 9;

    /// <summary>Tells what is asked for, and through which connection: 12 characters.</summary>
    public static string HashOf(IReadOnlyDictionary<string, object?> inputs, ConnectionId connection)
    {
        var ordered = new Dictionary<string, object?>();
        foreach (var (name, value) in inputs.OrderBy(i => i.Key, StringComparer.Ordinal))
            ordered[name] = value;
        return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{connection.Value}\n{PlainData.ToJson(ordered)}")).AsSpan(0, HashBytes)).Replace('+', '-').Replace('/', '_');
    }

    public static PollPlace Read(string stored)
    {
        var place = JsonNode.Parse(stored)!;
        return new((string)place["of"]!, place["cursor"]?.ToJsonString(), (DateTimeOffset?)place["anewAt"]);
    }

    public string Write()
    {
        var place = new JsonObject { ["of"] = Of };
        if (Cursor is not null)
            place["cursor"] = JsonNode.Parse(Cursor);
        if (AnewAt is { } at)
            place["anewAt"] = at;
        return place.ToJsonString();
    }
}
