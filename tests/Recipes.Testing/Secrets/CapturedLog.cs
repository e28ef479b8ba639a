using Microsoft.Extensions.Logging;

namespace Recipes.Testing;

/// <summary>One log entry.</summary>
/// <param name="Values">Structured values of the entry and its scopes, as <c>name=value</c>.</param>
public sealed record CapturedLog(
    string Category, LogLevel Level, string? EventName, string Message, Exception? Exception, IReadOnlyList<string> Values)
{
    public override string ToString() => $"{Level} {Category} {EventName}: {Message} [{string.Join("; ", Values)}] {Exception}";
}
