using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>Builds answers to which an error rule fits, and answers that mean a kind in the words of a connector.</summary>
internal static class RuleReplies
{
    private static readonly int[] s_statuses = [400, 401, 403, 404, 409, 422, 500, 200];

    /// <summary>Answers to which rule <paramref name="index"/> fits, those that no earlier rule takes first.</summary>
    public static IReadOnlyList<StandInReply> For(IReadOnlyList<ErrorRule> rules, int index)
    {
        var rule = rules[index];
        var replies = new List<StandInReply>();
        var texts = rule.Pattern is null ? ["x"] : PatternSample.Several(rule.Pattern, 6, whole: false);
        foreach (var status in rule.Statuses.Count > 0 ? rule.Statuses : s_statuses)
        {
            foreach (var text in texts)
            {
                var reply = new StandInReply(status);
                if (rule.BodyPath is { } path)
                    reply = StandInReply.Json(status, JsonShape.Set(null, path, JsonShape.Literal(text)));
                else if (rule.Pattern is not null)
                    reply = reply with { ContentType = "text/plain", Body = text };
                if (rule.ContentType is { } type)
                    reply = reply with { ContentType = type, Body = reply.Body.Length > 0 || rule.BodyPath is not null ? reply.Body : "x" };
                if (rule is { Header: { } header, HeaderAbsent: false })
                {
                    var value = rule.HeaderPattern is { } pattern ? PatternSample.Several(pattern, 1, whole: false) is [var sample] ? sample : "" : header.Equals("Retry-After", StringComparison.OrdinalIgnoreCase) ? "30" : "1";
                    reply = header.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) ? reply with { ContentType = value } : reply.With(header, value);
                }

                replies.Add(reply);
                // What an earlier rule misses can be there.
                foreach (var absent in rules.Take(index).Where(r => r is { Header: not null, HeaderAbsent: true } && !(rule.HeaderAbsent && rule.Header == r.Header)))
                    replies.Add(reply.With(absent.Header!, "1"));
            }
        }

        return [.. replies.Where(r => RuleReading.Fits(rule, r)).OrderBy(r => RuleReading.Deciding(rules, r) == index ? 0 : 1)];
    }

    /// <summary>The plain answer where the connector reads it as that kind; otherwise one of its own that means it; null when there is none.</summary>
    public static StandInReply? Meaning(FailureKind kind, IReadOnlyList<ErrorRule> rules, StandInReply plain)
    {
        if (RuleReading.Deciding(rules, plain) is var deciding && (deciding < 0 || rules[deciding].Kind == kind))
            return plain;
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].Kind == kind && For(rules, i) is [var own, ..] && RuleReading.Deciding(rules, own) == i)
                return own;
        }

        return null;
    }

    /// <summary>A body of an answer that says that all is well: what the paths ask for, and nothing that an error rule takes for an error.</summary>
    public static StandInReply Success(IReadOnlyList<ErrorRule> rules, IEnumerable<KeyValuePair<string, JsonNode?>> members)
    {
        JsonNode? body = null;
        foreach (var (path, value) in members)
            body = JsonShape.Set(body, path, value);
        var reply = StandInReply.Json(200, body ?? new JsonObject { ["ok"] = true });
        for (var i = 0; i < rules.Count && RuleReading.Deciding(rules, reply) is >= 0 and var deciding; i++)
        {
            var rule = rules[deciding];
            if (rule is { Header: { } header, HeaderAbsent: true })
                reply = reply.With(header, "1");
            else if (rule is { BodyPath: { } path, Pattern: not null } && body is not null && Healthy(rule) is { } healthy)
                reply = reply with { Body = JsonShape.Set(body, path, healthy).ToJsonString() };
            else
                break;
        }

        return reply;
    }

    private static JsonNode? Healthy(ErrorRule rule) =>
        new[] { "true", "0", "ok", "200" }.FirstOrDefault(text => !rule.Pattern!.IsMatch(text)) is { } text ? JsonShape.Literal(text) : null;
}
