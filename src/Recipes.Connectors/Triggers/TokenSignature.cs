namespace Recipes.Connectors;

/// <summary>The secret itself comes along with each delivery.</summary>
/// <param name="bodyPath">Where a JSON body has it; a list on the way means that each of its items has to have it.</param>
internal sealed class TokenSignature(string? header, string? query, IReadOnlyList<string>? bodyPath, string prefix) : DeliverySignature
{
    /// <summary>For the check of connectors.</summary>
    internal (string? Header, string? Query, IReadOnlyList<string>? BodyPath, string Prefix) Declared => (header, query, bodyPath, prefix);

    private protected override string? Check(WebhookMessage message, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        var given = header is not null ? [message.Headers.GetValueOrDefault(header)]
            : query is not null ? [message.Query.GetValueOrDefault(query)]
            : WebhookBody.TryRead(message, out var body, out var fault) ? InBody(body, bodyPath!, 0).ToList() : (IReadOnlyList<string?>)[];
        if (given.Count == 0 || given.Any(string.IsNullOrEmpty))
            return $"The token is missing: {Place}.";
        return given.All(token => token!.StartsWith(prefix, StringComparison.Ordinal) && secrets.Any(secret => AreEqual(token[prefix.Length..], secret)))
            ? null : $"The token is not the right one: {Place}.";
    }

    private string Place => header is not null ? $"header {header}" : query is not null ? $"parameter {query}" : $"{string.Join('.', bodyPath!)} of the body";

    private static IEnumerable<string?> InBody(object? value, IReadOnlyList<string> path, int at)
    {
        if (value is IReadOnlyList<object?> list)
            return list.SelectMany(item => InBody(item, path, at));
        return at == path.Count ? [value as string] : PlainMembers.TryRead(value, path[at], out var inner) ? InBody(inner, path, at + 1) : [null];
    }
}
