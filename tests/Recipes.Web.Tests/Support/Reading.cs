using System.Net.Http.Json;
using System.Text.Json;

namespace Recipes.Web.Tests;

internal static class Reading
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>();

    public static string Text(this JsonElement json, string member) => json.GetProperty(member).GetString()!;

    /// <summary>The paths of problem details' errors.</summary>
    public static IEnumerable<string> ErrorPaths(this JsonElement problem) => problem.GetProperty("errors").EnumerateArray().Select(e => e.Text("path"));

    public static async Task<string> TextAsync(this HttpResponseMessage response) => await response.Content.ReadAsStringAsync();
}
