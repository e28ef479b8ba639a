using System.Text.Json.Nodes;

namespace Recipes.Connectors.Tests;

public sealed class SchemaTests
{
    private static readonly JsonObject s_schema = JsonNode.Parse(ConnectorCatalogue.Schema)!.AsObject();

    [Fact]
    public void The_schema_has_exactly_the_keys_that_the_reader_knows()
    {
        foreach (var shape in Shape.All)
        {
            var definition = Definition(shape.Name);

            definition["properties"]!.AsObject().Select(p => p.Key).ShouldBe(shape.Keys, ignoreOrder: true, shape.Name);
            definition["additionalProperties"]!.GetValue<bool>().ShouldBeFalse(shape.Name);
        }
    }

    [Fact]
    public void The_schema_has_the_same_choices()
    {
        Choices("errorRule", "kind").ShouldBe(ErrorRuleReader.Kinds, ignoreOrder: true);
        Choices("field", "kind").ShouldBe(FieldReader.Kinds, ignoreOrder: true);
        Choices("field", "format").ShouldBe(FieldReader.Formats, ignoreOrder: true);
        Choices("input", "type").ShouldBe(ActionReader.Types.Keys, ignoreOrder: true);
        Choices("output", "type").ShouldBe(ActionReader.Types.Keys, ignoreOrder: true);
        Choices("request", "method").ShouldBe(ProbeReader.Methods, ignoreOrder: true);
        Choices("probe", "method").ShouldBe(ProbeReader.Methods, ignoreOrder: true);
        Choices("response", "format").ShouldBe(ResponseReader.Formats, ignoreOrder: true);
        Choices("pagination", "kind").ShouldBe(PaginationReader.Kinds, ignoreOrder: true);
        Choices("rateLimit", "unit").ShouldBe(RateLimitReader.Units, ignoreOrder: true);
        Choices("assertion", "keyEncoding").ShouldBe(AssertionReader.Encodings, ignoreOrder: true);
        Choices("apiKeyScheme", "in").ShouldBe(ApiKeyReader.Locations, ignoreOrder: true);
        Choices("loginCall", "bodyType").ShouldBe(CredentialBodyReader.Types, ignoreOrder: true);
        Choices("loginCall", "expiryUnit").ShouldBe(LoginReader.Units, ignoreOrder: true);
        s_schema["properties"]!["schemes"]!["items"]!["oneOf"]!.AsArray()
            .Select(r => r!["$ref"]!.GetValue<string>().Split('/')[^1]).Select(d => Definition(d)["properties"]!["type"]!["const"]!.GetValue<string>()).ShouldBe(SchemeReader.Types, ignoreOrder: true);
        Choices("request", "bodyType").ShouldBe(RequestReader.BodyTypes, ignoreOrder: true);
        Choices("pollTrigger", "first").ShouldBe(TriggerReader.Firsts, ignoreOrder: true);
        Choices("pollTrigger", "order").ShouldBe(TriggerReader.Orders, ignoreOrder: true);
        Choices("pollTrigger", "format").ShouldBe(ResponseReader.Formats, ignoreOrder: true);
        Choices("cursor", "kind").ShouldBe(TriggerReader.Cursors, ignoreOrder: true);
        Choices("cursor", "type").ShouldBe(TriggerReader.Types, ignoreOrder: true);
        Choices("webhookSecret", "origin").ShouldBe(TriggerReader.Origins, ignoreOrder: true);
        Choices("signature", "scheme").ShouldBe(SignatureReader.Schemes, ignoreOrder: true);
        Choices("signature", "algorithm").ShouldBe(SignatureReader.Algorithms, ignoreOrder: true);
        Choices("signature", "key").ShouldBe(SignatureReader.Keys, ignoreOrder: true);
        Choices("signature", "encoding").ShouldBe(SignatureReader.Encodings, ignoreOrder: true);
        Choices("signatureTimestamp", "unit").ShouldBe(SignatureReader.Units, ignoreOrder: true);
        Choices("oauth1Scheme", "flow").ShouldBe(OAuth1Reader.Flows, ignoreOrder: true);
        Choices("oauth1Scheme", "parametersIn").ShouldBe(OAuth1Reader.Locations, ignoreOrder: true);
        Choices("oauth1Scheme", "signatureMethod").ShouldBe(Recipes.Connections.OAuth1SignatureMethods.ByName.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Everything_in_the_schema_is_described()
    {
        foreach (var shape in Shape.All)
        {
            foreach (var (key, value) in Definition(shape.Name)["properties"]!.AsObject())
                (value!["description"] ?? value["$ref"]).ShouldNotBeNull($"{shape.Name}.{key}");
        }
    }

    private static JsonObject Definition(string name) => name == "connector" ? s_schema : s_schema["$defs"]![name]!.AsObject();

    private static IEnumerable<string> Choices(string definition, string key) =>
        Definition(definition)["properties"]![key]!["enum"]!.AsArray().Select(v => v!.GetValue<string>());
}
