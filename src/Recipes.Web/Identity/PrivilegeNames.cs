using System.Text.Json;

namespace Recipes.Web;

/// <summary>Privileges as the API spells them: <c>manageConnections</c>.</summary>
public static class PrivilegeNames
{
    private static readonly (string Name, Privileges Value)[] s_single =
        [.. Enum.GetNames<Privileges>().Except([nameof(Privileges.None), nameof(Privileges.Member), nameof(Privileges.Operator)]).Select(n => (JsonNamingPolicy.CamelCase.ConvertName(n), Enum.Parse<Privileges>(n)))];

    private static readonly Dictionary<string, Privileges> s_known = new(s_single.Select(s => KeyValuePair.Create(s.Name, s.Value)))
    {
        ["operator"] = Privileges.Operator,
        ["member"] = Privileges.Member,
    };

    public static IEnumerable<string> Known => s_known.Keys;

    public static bool TryParse(string name, out Privileges privileges) => s_known.TryGetValue(name, out privileges);

    public static IReadOnlyList<string> Of(Privileges privileges) => [.. s_single.Where(s => privileges.HasFlag(s.Value)).Select(s => s.Name)];
}
