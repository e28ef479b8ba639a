using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>Reads an answer by a connector's own error rules, straight from the words of the format: the first rule whose conditions all hold decides.</summary>
internal static class RuleReading
{
    /// <summary>Index of the rule that decides; -1 when none does.</summary>
    public static int Deciding(IReadOnlyList<ErrorRule> rules, StandInReply reply)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (Fits(rules[i], reply))
                return i;
        }

        return -1;
    }

    public static bool Fits(ErrorRule rule, StandInReply reply)
    {
        if (rule.Statuses.Count > 0 && !rule.Statuses.Contains(reply.Status))
            return false;
        if (rule.Header is { } header)
        {
            var value = reply.Headers.FirstOrDefault(h => string.Equals(h.Key, header, StringComparison.OrdinalIgnoreCase)).Value
                ?? (string.Equals(header, "Content-Type", StringComparison.OrdinalIgnoreCase) ? reply.ContentType : null);
            if ((value is not null) == rule.HeaderAbsent || (value is not null && rule.HeaderPattern?.IsMatch(value) == false))
                return false;
        }

        if (rule.ContentType is { } type && !string.Equals(type, reply.ContentType?.Split(';')[0].Trim(), StringComparison.OrdinalIgnoreCase))
            return false;
        if (rule.BodyPath is null)
            return rule.Pattern is null || rule.Pattern.IsMatch(reply.Body);
        var found = JsonShape.Text(JsonShape.Find(Parse(reply.Body), rule.BodyPath));
        return found is not null && (rule.Pattern is null || rule.Pattern.IsMatch(found));
    }

    /// <summary>The rule in words.</summary>
    public static string Words(ErrorRule rule)
    {
        var conditions = new List<string>();
        if (rule.Statuses.Count > 0)
            conditions.Add($"status {string.Join(" or ", rule.Statuses)}");
        if (rule.Header is not null)
            conditions.Add(rule.HeaderAbsent ? $"no header {rule.Header}" : $"header {rule.Header}{(rule.HeaderPattern is { } seen ? $" like {seen}" : "")}");
        if (rule.ContentType is { } type)
            conditions.Add($"contentType {type}");
        if (rule.BodyPath is not null)
            conditions.Add($"bodyPath {string.Join('.', rule.BodyPath)}");
        if (rule.Pattern is not null)
            conditions.Add($"pattern {rule.Pattern}");
        return $"{string.Join(", ", conditions)} -> {Name(rule.Kind)}";
    }

    public static string Name(FailureKind kind) => $"{char.ToLowerInvariant(kind.ToString()[0])}{kind.ToString()[1..]}";

    private static JsonNode? Parse(string body)
    {
        try
        {
            return body.Length == 0 ? null : JsonNode.Parse(body);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
