namespace Recipes.Connectors;

/// <summary>What an action sends.</summary>
/// <param name="Path">Encodes what it prints.</param>
/// <param name="Body">Null when there is none.</param>
internal sealed record RequestTemplate(
    HttpMethod Method,
    Template Path,
    IReadOnlyList<KeyValuePair<string, Template>> Query,
    IReadOnlyList<KeyValuePair<string, Template>> Headers,
    BodyTemplate? Body,
    BodyType BodyType)
{
    /// <param name="data">The roots <c>input</c> and <c>fields</c>.</param>
    /// <exception cref="InputException">The values do not make a request.</exception>
    /// <exception cref="TemplateException">A value is missing.</exception>
    public HttpRequestMessage Build(IReadOnlyDictionary<string, object?> data)
    {
        var query = Query.Select(q => KeyValuePair.Create(q.Key, q.Value.Evaluate(data)));
        var request = new HttpRequestMessage(Method, RequestAddress.Create(Path.Render(data), query));
        try
        {
            var body = Body?.Evaluate(data);
            request.Content = body is null ? null : BodyType switch
            {
                BodyType.None => null,
                BodyType.Json => RequestContent.Json(body),
                BodyType.Form => RequestContent.Form(body),
                BodyType.Text => RequestContent.Text(body),
                _ => throw new ArgumentOutOfRangeException(nameof(data), BodyType, null),
            };
            foreach (var (name, value) in Headers)
                RequestContent.SetHeader(request, name, value.Evaluate(data));
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }
}
