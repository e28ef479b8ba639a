using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a scheme of type <c>apiKey</c>.</summary>
internal static class ApiKeyReader
{
    private static readonly Dictionary<string, ApiKeyLocation> s_locations = new()
    {
        ["header"] = ApiKeyLocation.Header,
        ["query"] = ApiKeyLocation.Query,
        ["body"] = ApiKeyLocation.Body,
        ["path"] = ApiKeyLocation.Path,
    };

    public static IReadOnlyCollection<string> Locations => s_locations.Keys;

    public static AuthScheme? Read(SchemeMap scheme)
    {
        scheme.Open(Shape.ApiKey);
        var map = scheme.Map;
        var key = scheme.Need("keyField", new Field { Name = "apiKey", Label = "API key", Kind = FieldKind.Secret });
        var location = map.Choice("in", s_locations, ApiKeyLocation.Header, required: true);
        var isPath = location == ApiKeyLocation.Path;
        var parameter = map.Address("parameterName", scheme.Known, required: !isPath);
        var prefix = map.Address("prefix", scheme.Known);
        if (isPath && parameter is not null)
            map.Fault("parameterName", "a key in the path has no name; what precedes it is its 'prefix'.");
        if (prefix is not null && location is not (ApiKeyLocation.Header or ApiKeyLocation.Path))
            map.Fault("prefix", "'prefix' goes with a key in a header or in the path only.");
        return parameter is null && !isPath ? null : scheme.Common(new ApiKeyScheme
        {
            Name = scheme.Name("api-key"),
            DisplayName = scheme.DisplayName("API key"),
            Location = location,
            ParameterName = parameter,
            Prefix = prefix,
            KeyField = key,
        });
    }
}
