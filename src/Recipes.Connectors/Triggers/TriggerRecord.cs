using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connectors;

/// <summary>One record or event that a trigger brought, for one run.</summary>
/// <param name="Id">Tells it from all others of its trigger, with its version where changed records come again; at most 150 characters.</param>
/// <param name="Data">Plain data by the trigger's outputs.</param>
public sealed record TriggerRecord(string Id, IReadOnlyDictionary<string, object?> Data)
{
    /// <summary>Longest id, in characters.</summary>
    public const int LongestId = 150;

    /// <summary>The id itself, or its hash where it is longer than <see cref="LongestId"/>.</summary>
    public static string Shorten(string id) => id.Length <= LongestId ? id : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";
}
