namespace Recipes.Connections;

internal static class ResponseHeader
{
    /// <summary>The first value of a header of the answer or of its content; null when it is absent.</summary>
    public static string? Find(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? values.FirstOrDefault() : null;
}
