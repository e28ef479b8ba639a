using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads where an app says when its rate limit ends.</summary>
internal static class RateLimitReader
{
    private static readonly Dictionary<string, ExpiryUnit> s_units =
        Enum.GetValues<ExpiryUnit>().ToDictionary(unit => char.ToLowerInvariant(unit.ToString()[0]) + unit.ToString()[1..]);

    /// <summary>The names of the units as files write them.</summary>
    public static IReadOnlyCollection<string> Units => s_units.Keys;

    /// <summary>The member <c>rateLimit</c>: one mapping, or a list of them that are looked at in turn.</summary>
    public static List<RateLimitRule> Read(YamlMap connector)
    {
        var rules = new List<RateLimitRule>();
        foreach (var map in connector.OneOrMore("rateLimit", Shape.RateLimit))
        {
            var (header, path) = (map.Text("header"), map.Text("bodyPath"));
            if (header is null == path is null)
                map.File.Fault(map.Node, "say either the 'header' or the 'bodyPath' that tells when the limit ends.");
            else
                rules.Add(new(header, path is null ? null : DottedPath.Parse(path), map.Choice("unit", s_units, ExpiryUnit.Seconds)));
        }

        return rules;
    }
}
