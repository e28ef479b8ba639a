using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>Holds one call of a login against its declaration.</summary>
internal static class CallCheck
{
    public static IEnumerable<WireFault> Check(LoginCall call, ReceivedRequest request, WireScope scope)
    {
        if (request.Method != call.Method.Method)
            yield return new($"a call by {call.Method}", $"it came by {request.Method}", "Look at its 'method'.");
        foreach (var (name, template) in call.Query)
        {
            if (Differs(template, scope, request.Query.LastOrDefault(q => q.Key == name).Value) is { } seen)
                yield return new($"the query parameter {name}={template.Source}", seen, "Look at the call's 'query'.");
        }

        foreach (var (name, template) in call.Headers)
        {
            if (Differs(template, scope, request.Header(name)) is { } seen)
                yield return new($"the header {name}: {template.Source}", seen, "Look at the call's 'headers'.");
        }

        foreach (var fault in CheckBody(call.Body, request, scope))
            yield return fault;
    }

    private static IEnumerable<WireFault> CheckBody(CredentialBody? body, ReceivedRequest request, WireScope scope)
    {
        const string look = "Look at the call's 'body' and 'bodyType'.";
        switch (body)
        {
            case CredentialBody.Json { Root: var root }:
                if (request.MediaType != "application/json" || request.Json is not { } json)
                    yield return new("a JSON body", request.MediaType is { } type ? $"one of type {type} came" : "none came", look);
                else if (!Same(root, json, scope))
                    yield return new("the JSON body as it is declared", "another one came", look);
                break;
            case CredentialBody.Form { Fields: var fields }:
                if (request.Form.Count == 0)
                {
                    yield return new("a form in the body", request.MediaType is { } other ? $"a body of type {other} came" : "none came", look);
                    break;
                }

                foreach (var (name, template) in fields)
                {
                    if (Differs(template, scope, request.Form.LastOrDefault(f => f.Key == name).Value) is { } seen)
                        yield return new($"'{name}={template.Source}' in the form", seen, look);
                }

                break;
            case CredentialBody.Text { Template: var text }:
                if (Differs(text, scope, request.Text) is { } found)
                    yield return new("the body as it is declared", found, look);
                break;
        }
    }

    private static bool Same(CredentialNode node, JsonNode? json, WireScope scope)
    {
        switch (node)
        {
            case CredentialNode.Value { Template: var template }:
                return Differs(template, scope, json is null ? null : JsonShape.Text(json)) is null;
            case CredentialNode.Constant { Plain: var plain }:
                return JsonNode.DeepEquals(JsonSerializer.SerializeToNode(plain), json);
            case CredentialNode.Map { Members: var members }:
                return json is JsonObject map && members.All(m => Same(m.Value, map[m.Key], scope)) && map.All(m => members.Any(d => d.Key == m.Key));
            case CredentialNode.Items { Members: var items }:
                return json is JsonArray list && list.Count == items.Count && items.Zip(list).All(p => Same(p.First, p.Second, scope));
            default:
                return true;
        }
    }

    private static string? Differs(CredentialTemplate template, WireScope scope, string? seen)
    {
        try
        {
            var expected = WireTemplate.Evaluate(template, scope);
            return string.IsNullOrEmpty(expected) ? string.IsNullOrEmpty(seen) ? null : "it is there although it is empty" : seen == expected ? null : seen is null ? "it is not there" : "it has another value";
        }
        catch (UnpredictableException)
        {
            return seen is null ? "it is not there" : null;
        }
    }
}
