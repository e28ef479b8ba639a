using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recipes.Web;

/// <summary>How the API reads and writes JSON: strictly, so that a misspelt member is told and not ignored.</summary>
public static class WireJson
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.PropertyNameCaseInsensitive = false;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new SecretReader());
        options.Converters.Add(new OwnerReader());
    }
}
