using System.Text.RegularExpressions;

namespace Recipes.Connectors;

/// <summary>How things are named in connector files.</summary>
internal static partial class Names
{
    // Members of an activity in Elsa's JSON, whatever the case; an input of such a name would overwrite one.
    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "name", "id", "type", "version", "nodeId", "metadata", "customProperties", "connection", "result", "canStartWorkflow", "runAsynchronously",
        "commitStrategy", "mergeMode", "displayName", "description", "outcome", "outcomes", "activities", "connections", "variables", "input", "output",
    };

    public static bool IsReserved(string input) => s_reserved.Contains(input);

    /// <summary>Such as <c>sandbox-crm</c>.</summary>
    public static bool IsDashed(string name) => Dashed().IsMatch(name);

    /// <summary>Such as <c>accountId</c>.</summary>
    public static bool IsCamel(string name) => Camel().IsMatch(name);

    /// <summary>Such as <c>CreateOpportunity</c>.</summary>
    public static bool IsPascal(string name) => Pascal().IsMatch(name);

    /// <summary><c>sandbox-crm</c> becomes <c>SandboxCrm</c>.</summary>
    public static string ToPascal(string dashed) => string.Concat(dashed.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(p => char.ToUpperInvariant(p[0]) + p[1..]));

    /// <summary><c>accountId</c> becomes <c>Account id</c>.</summary>
    public static string ToLabel(string name)
    {
        var words = Words().Replace(name, m => $" {m.Value.ToLowerInvariant()}").Trim();
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Dashed();

    [GeneratedRegex("^[a-z][A-Za-z0-9]{0,63}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Camel();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]{0,63}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pascal();

    [GeneratedRegex("[A-Z]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();
}
