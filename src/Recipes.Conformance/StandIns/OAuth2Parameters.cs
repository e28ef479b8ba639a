using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>The parameters of a token request as they came, wherever the scheme says that they travel.</summary>
internal sealed class OAuth2Parameters
{
    private readonly IReadOnlyList<KeyValuePair<string, string>> _pairs;

    public OAuth2Parameters(ReceivedRequest request, TokenRequestRules rules)
    {
        var (declared, pairs) = rules.Body switch
        {
            TokenRequestBody.Form => ("a form in the body (application/x-www-form-urlencoded)", request.Form),
            TokenRequestBody.Json => ("a JSON object in the body", request.Json is JsonObject json && request.MediaType == "application/json" ? json.Select(m => KeyValuePair.Create(m.Key, JsonShape.Text(m.Value) ?? "")).ToArray() : []),
            TokenRequestBody.Query => ("the query of the address", request.Query),
            _ => throw new KitException($"The kit does not know token requests as {rules.Body}."),
        };
        _pairs = pairs;
        if (pairs.Count == 0)
        {
            Fault = new($"the parameters of the token request in {declared}",
                request.Form.Count > 0 ? "they came as a form" : request.Json is not null ? "they came as JSON" : request.Query.Count > 0 ? "they came in the query" : "none came", "Set 'tokenRequest.body' to form, json or query, as the app's documentation has it.");
        }
        else if (!string.Equals(request.Method, rules.Method.Method, StringComparison.Ordinal))
        {
            Fault = new($"a token request by {rules.Method}", $"it came by {request.Method}", "Set 'tokenRequest.method'.");
        }
    }

    /// <summary>What is wrong with the request as a whole; null when nothing is.</summary>
    public WireFault? Fault { get; }

    public string? this[string name] => _pairs.LastOrDefault(p => p.Key == name).Value;

    /// <summary>Whether any of them is that value.</summary>
    public bool Holds(string value) => _pairs.Any(p => p.Value == value);

    public IEnumerable<string> All(string name) => _pairs.Where(p => p.Key == name).Select(p => p.Value);
}
