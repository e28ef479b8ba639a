using System.Net;
using System.Text.Json.Nodes;

namespace Recipes.Host.Tests;

/// <summary>The OpenAPI document says what there is, and no answer it describes has room for a secret.</summary>
public sealed class ApiDocumentTests(Office office) : IClassFixture<Office>
{
    private static readonly string[] s_secretNames = ["secret", "password", "token", "apikey", "credential", "verifier", "cookie", "hash", "sealed"];

    // Whether there is a secret is none; and whoever makes a token, or a webhook, has to be told its secret, once.
    private static readonly string[] s_allowed = ["DefinitionReply.hasClientSecret", "OAuthAppReply.hasClientSecret", "TokenReply.token", "SwitchedOnReply.newSecret"];

    [Theory]
    [InlineData("/api/connection-definitions", "post", "get")]
    [InlineData("/api/connections", "post", "get")]
    [InlineData("/api/connections/{id}", "get", "patch")]
    [InlineData("/api/connections/{id}/authorize", "post")]
    [InlineData("/api/connections/{id}/test", "post")]
    [InlineData("/api/connections/{id}/disconnect", "post")]
    [InlineData("/api/connection-definitions/{key}", "get", "patch")]
    [InlineData("/api/connections/{id}/default", "post")]
    [InlineData("/api/connections/{id}/tokens", "put")]
    [InlineData("/api/oauth-apps", "get", "post")]
    [InlineData("/api/oauth-apps/{id}", "get", "patch", "delete")]
    [InlineData("/api/users/{id}/tokens", "get", "post")]
    [InlineData("/api/users/{id}/tokens/{tokenId}", "delete")]
    [InlineData("/api/recipes", "get")]
    [InlineData("/api/recipes/{name}", "get")]
    [InlineData("/api/recipes/{name}/call", "post")]
    [InlineData("/api/recipes/{name}/connections-needed", "get")]
    [InlineData("/api/triggers", "get")]
    [InlineData("/api/recipes/{name}/triggers", "get")]
    [InlineData("/api/recipes/{name}/triggers/{activity}", "get")]
    [InlineData("/api/recipes/{name}/triggers/{activity}/on", "post")]
    [InlineData("/api/recipes/{name}/triggers/{activity}/off", "post")]
    [InlineData("/api/recipes/{name}/triggers/{activity}/run", "post")]
    [InlineData("/api/runs", "get")]
    [InlineData("/api/runs/{id}", "get")]
    public async Task Every_route_is_described(string path, params string[] methods)
    {
        var document = await DocumentAsync();

        var item = document["paths"]![path].ShouldNotBeNull(string.Join(' ', document["paths"]!.AsObject().Select(p => p.Key))).AsObject();
        foreach (var method in methods)
        {
            var operation = item[method].ShouldNotBeNull($"{method} {path}");
            ((string?)operation["summary"]).ShouldNotBeNullOrEmpty();
            operation["responses"]!.AsObject().Select(r => r.Key).ShouldContain("401");
        }
    }

    [Fact]
    public async Task No_answer_has_a_member_for_a_secret()
    {
        var document = await DocumentAsync();
        var members = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject())
            .SelectMany(o => o.Value!["responses"]!.AsObject()).SelectMany(r => r.Value!["content"]?.AsObject().Select(c => c.Value!["schema"]) ?? [])
            .SelectMany(s => Members(document, s, "", [])).Distinct().ToList();

        members.ShouldContain("ConnectionView.state");
        members.ShouldContain("JournalReply.requestLine");
        members.Where(m => s_secretNames.Any(s => m[(m.IndexOf('.') + 1)..].Contains(s, StringComparison.OrdinalIgnoreCase))).ShouldBe(s_allowed, ignoreOrder: true);
    }

    private async Task<JsonNode> DocumentAsync() => (await office.Place.Stranger().GetAsync("/api/openapi.json")).Is(HttpStatusCode.OK).Json;

    /// <summary>All members that a schema leads to, as <c>Type.member</c>.</summary>
    private static IEnumerable<string> Members(JsonNode document, JsonNode? schema, string type, HashSet<string> seen)
    {
        if (schema is not JsonObject node)
            return [];
        if ((string?)node["$ref"] is { } reference)
        {
            var name = reference.Split('/')[^1];
            return seen.Add(name) ? Members(document, document["components"]!["schemas"]![name], name, seen) : [];
        }

        var own = (node["properties"] as JsonObject ?? []).SelectMany(p => Members(document, p.Value, type, seen).Prepend($"{type}.{p.Key}"));
        var nested = new[] { node["items"], node["additionalProperties"] }.Concat(new[] { "oneOf", "anyOf", "allOf" }.SelectMany(k => node[k] as JsonArray ?? []));
        return own.Concat(nested.SelectMany(n => Members(document, n, type, seen)));
    }
}
