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
    /// <summary>Everything that its templates read.</summary>
    public IEnumerable<TemplatePath> Paths => Path.Paths.Concat(Query.Concat(Headers).SelectMany(t => t.Value.Paths)).Concat(Body?.Paths ?? []);

    /// <param name="data">The roots <c>input</c> and <c>fields</c>, and those of the trigger.</param>
    /// <param name="page">What asks for a further page; null for the first.</param>
    /// <exception cref="InputException">The values do not make a request.</exception>
    /// <exception cref="TemplateException">A value is missing.</exception>
    public HttpRequestMessage Build(IReadOnlyDictionary<string, object?> data, NextPage? page = null)
    {
        var request = new HttpRequestMessage(Method, page is NextPage.Address { Uri: var address } ? address : RequestAddress.Create(Path.Render(data), Parameters(data, page)));
        try
        {
            var body = WithPage(Body?.Evaluate(data), page);
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

    private IEnumerable<KeyValuePair<string, object?>> Parameters(IReadOnlyDictionary<string, object?> data, NextPage? page)
    {
        var query = Query.Select(q => KeyValuePair.Create(q.Key, q.Value.Evaluate(data)));
        return page is NextPage.Parameter { InBody: false } next ? query.Where(q => q.Key != next.Name).Append(new(next.Name, next.Value)) : query;
    }

    private static object? WithPage(object? body, NextPage? page)
    {
        if (page is not NextPage.Parameter { InBody: true } next)
            return body;
        var root = body as Dictionary<string, object?> ?? [];
        var holder = root;
        var path = DottedPath.Parse(next.Name);
        foreach (var segment in path[..^1])
        {
            // A constant of the file is shared by all requests: it stays as it is.
            var inner = holder.GetValueOrDefault(segment) is IReadOnlyDictionary<string, object?> map ? new Dictionary<string, object?>(map) : [];
            holder[segment] = inner;
            holder = inner;
        }

        holder[path[^1]] = next.Value;
        return root;
    }
}
