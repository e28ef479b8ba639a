using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>Holds a request against what a scheme declares under <c>apply</c>.</summary>
internal static class ApplyCheck
{
    private const string Look = "Look at 'apply', and at what the app's documentation says about signing or headers.";

    public static IEnumerable<WireFault> Check(ApplyRules rules, ReceivedRequest request, WireScope scope, string basePath)
    {
        foreach (var (name, template) in rules.Values)
        {
            try
            {
                if (WireTemplate.EvaluateBytes(template, scope) is { } value)
                    scope.Values[name] = value;
            }
            catch (UnpredictableException)
            {
                // Taken as it came where it travels as it is.
                if (Travels(rules, request, name) is { } seen)
                    scope.Values[name] = System.Text.Encoding.UTF8.GetBytes(seen);
            }
        }

        foreach (var (name, template) in rules.Headers)
        {
            if (Differs(template, scope, request.Header(name)) is { } seen)
                yield return new($"the header {name}: {template.Source}", seen, Look);
        }

        foreach (var (name, template) in rules.Query)
        {
            if (Differs(template, scope, request.Query.LastOrDefault(q => q.Key == name).Value) is { } seen)
                yield return new($"the query parameter {name}={template.Source}", seen, Look);
        }

        // A request that has no body cannot carry anything in it.
        foreach (var (name, template) in request.Body.Length == 0 && request.Method is "GET" or "HEAD" ? [] : rules.Body)
        {
            if (Differs(template, scope, Member(request, name)) is { } seen)
                yield return new($"'{name}' in the body, {template.Source}", seen, Look);
        }

        if (rules.Path is { } path && WireTemplate.Evaluate(path, scope)?.Trim('/') is { } piece && !$"{Uri.UnescapeDataString(request.RawPath)}/".StartsWith($"{basePath}{Uri.UnescapeDataString(piece)}/", StringComparison.Ordinal))
            yield return new($"the path {basePath}{path.Source.Trim('/')}/…", "another one", Look);
    }

    /// <summary>The value of a member of a JSON object or of a form.</summary>
    public static string? Member(ReceivedRequest request, string name) =>
        request.MediaType == "application/x-www-form-urlencoded" ? request.Form.LastOrDefault(f => f.Key == name).Value : JsonShape.Text((request.Json as JsonObject)?[name]);

    // In words; null when it is as declared. Neither value is shown: one of them may be right.
    private static string? Differs(CredentialTemplate template, WireScope scope, string? seen)
    {
        try
        {
            var expected = WireTemplate.Evaluate(template, scope);
            return string.IsNullOrEmpty(expected) ? seen is null ? null : "it is there although it is empty" : seen is null ? "it is not there" : seen == expected ? null : "it has another value";
        }
        catch (UnpredictableException)
        {
            return seen is null ? "it is not there" : null;
        }
    }

    private static string? Travels(ApplyRules rules, ReceivedRequest request, string value) =>
        rules.Headers.Where(h => WireTemplate.OnlyValue(h.Value) == value).Select(h => request.Header(h.Key))
            .Concat(rules.Query.Where(q => WireTemplate.OnlyValue(q.Value) == value).Select(q => request.Query.LastOrDefault(p => p.Key == q.Key).Value))
            .Concat(rules.Body.Where(b => WireTemplate.OnlyValue(b.Value) == value).Select(b => Member(request, b.Key)))
            .FirstOrDefault(v => v is not null);
}
