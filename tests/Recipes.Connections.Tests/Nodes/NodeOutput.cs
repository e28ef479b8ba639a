using System.Text.RegularExpressions;

namespace Recipes.Connections.Tests;

internal static partial class NodeOutput
{
    [GeneratedRegex("^READY$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    public static partial Regex Ready();
}
