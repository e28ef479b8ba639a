using System.Net.Http.Headers;
using Recipes.Connections;

namespace Recipes.Connectors;

internal static class ErrorRuleReader
{
    private static readonly Dictionary<string, FailureKind> s_kinds =
        Enum.GetValues<FailureKind>().ToDictionary(kind => char.ToLowerInvariant(kind.ToString()[0]) + kind.ToString()[1..]);

    /// <summary>The names of the kinds as files write them: <c>modifiedCredentials</c>, ….</summary>
    public static IReadOnlyCollection<string> Kinds => s_kinds.Keys;

    public static List<ErrorRule> Read(YamlMap owner)
    {
        var rules = new List<ErrorRule>();
        foreach (var map in owner.Maps("errors", Shape.ErrorRule))
        {
            var rule = new ErrorRule
            {
                Statuses = map.Statuses("status"),
                Header = map.Text("header"),
                HeaderAbsent = map.Flag("headerAbsent", otherwise: false),
                HeaderPattern = map.Pattern("headerPattern"),
                ContentType = map.Text("contentType"),
                BodyPath = map.Text("bodyPath") is { Length: > 0 } path ? path.Split('.') : null,
                Pattern = map.Pattern("pattern"),
                Kind = map.Choice("kind", s_kinds, FailureKind.Unknown, required: true),
            };
            if (rule is { Statuses: [], Header: null, ContentType: null, BodyPath: null, Pattern: null })
                map.File.Fault(map.Node, "a rule needs a condition: status, header, contentType, bodyPath or pattern.");
            if (rule.ContentType is { } type && !(MediaTypeHeaderValue.TryParse(type, out var parsed) && parsed.Parameters.Count == 0))
                map.Fault("contentType", $"'{type}' is no media type: write it as 'text/html', without parameters.");
            if (rule.HeaderAbsent && rule.Header is null)
                map.Fault("headerAbsent", "'headerAbsent' needs 'header'.");
            if (rule.HeaderPattern is not null && (rule.Header is null || rule.HeaderAbsent))
                map.Fault("headerPattern", "'headerPattern' needs a 'header' that is present.");
            rules.Add(rule);
        }

        return rules;
    }
}
