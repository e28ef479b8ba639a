using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace Recipes.Web.Tests;

[Collection(SiteCollection.Name)]
public sealed class BadInputTests(Site site)
{
    [Theory]
    [InlineData("""{"key":"k","colour":"red"}""", "colour", "no member 'colour'")]
    [InlineData("{\n\"key\":\n", "key", "(line 3")]
    [InlineData("""{"key":5}""", "key", "expected type")]
    [InlineData("""{"key":"k","key":"l"}""", "key", "twice")]
    [InlineData("""{"runtimeUser":"maybe"}""", "runtimeUser", "off, optional, required")]
    [InlineData("""{"clientSecret":""}""", "clientSecret", "empty")]
    [InlineData("""{"key":"k"}""", "connector", "needed")]
    [InlineData("""{"key":"k","connector":"nope"}""", "connector", "'nope'")]
    [InlineData("""{"key":"Not A Key","connector":"basic"}""", "key", "stable key")]
    [InlineData("""{"key":"k","connector":"sandbox-crm"}""", "scheme", "oauth2, basic, api-key")]
    [InlineData("""{"key":"k","connector":"basic","presets":{"password":"x"}}""", "presets.password", "secret")]
    [InlineData("""{"key":"k","connector":"basic","presets":{"colour":"x"}}""", "presets.colour", "no field 'colour'")]
    [InlineData("""{"key":"k","connector":"basic","presets":{"baseUrl":"http://10.0.0.1/"}}""", "presets.baseUrl", "private address 10.0.0.1")]
    [InlineData("""{"key":"k","connector":"basic","presets":{"baseUrl":"http://app.example/"}}""", "presets.baseUrl", "https")]
    public async Task A_bad_definition_is_refused_and_the_place_is_named(string body, string path, string words)
    {
        var answer = await site.Operator.PostAsync("/api/connection-definitions", new StringContent(body, Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await answer.JsonAsync();
        problem.Text("type").ShouldBe("urn:recipes:problem:invalid-input");
        var error = problem.GetProperty("errors").EnumerateArray().Single();
        error.Text("path").ShouldBe(path);
        error.Text("message").ShouldContain(words);
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        var answer = await site.Operator.PostAsJsonAsync("/api/connection-definitions", new { key = "", connector = "basic", clientId = "x", presets = new { baseUrl = "nowhere", password = "p" } });

        (await answer.JsonAsync()).ErrorPaths().ShouldBe(["key", "presets.baseUrl", "presets.password", "clientId"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("""{"owner":"me"}""", "definition")]
    [InlineData("""{"definition":"KEY","owner":"them"}""", "owner")]
    [InlineData("""{"definition":"KEY","owner":{"user":"a b"}}""", "owner")]
    [InlineData("""{"definition":"KEY","fields":{"password":{}}}""", "fields.password")]
    [InlineData("""{"definition":"KEY","fields":{"username":"a:b","password":"p"}}""", "fields")]
    [InlineData("""{"definition":"KEY","fields":{"username":"a","password":"p","baseUrl":"https://other.example"}}""", "fields.baseUrl")]
    [InlineData("""{"definition":"KEY","fields":{"username":"a"}}""", "fields.password")]
    public async Task A_bad_connection_is_refused_and_the_place_is_named(string body, string path)
    {
        var key = await site.NewDefinitionAsync();

        var answer = await site.Operator.PostAsync("/api/connections", new StringContent(body.Replace("KEY", key, StringComparison.Ordinal), Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync()).ErrorPaths().ShouldBe([path]);
    }

    [Theory]
    [InlineData("/api/connections?state=broken", "state")]
    [InlineData("/api/connections?state=1", "state")]
    [InlineData("/api/connections?definition=nope", "definition")]
    public async Task A_bad_filter_is_refused(string address, string path)
    {
        var answer = await site.Operator.GetAsync(address);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync()).ErrorPaths().ShouldBe([path]);
    }

    [Theory]
    [InlineData("/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("/api/connections/not-an-id", HttpStatusCode.NotFound)]
    [InlineData("/api/connectors/nope", HttpStatusCode.NotFound)]
    [InlineData("/api/connection-definitions/Nope!", HttpStatusCode.NotFound)]
    public async Task Every_error_is_problem_details(string address, HttpStatusCode expected)
    {
        var answer = await site.Operator.GetAsync(address);

        answer.StatusCode.ShouldBe(expected);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_body_that_is_no_json_or_too_large_is_refused()
    {
        var text = await site.Operator.PostAsync("/api/connections", new StringContent("definition=x", Encoding.UTF8, "text/plain"));
        var large = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = new string('x', 1_100_000) });

        text.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await text.JsonAsync()).Text("detail").ShouldContain("application/json");
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await large.JsonAsync()).Text("type").ShouldBe("urn:recipes:problem:too-large");
    }

    [Fact]
    public async Task A_definition_there_is_already_is_a_conflict()
    {
        var key = await site.NewDefinitionAsync();

        (await site.Operator.PostAsJsonAsync("/api/connection-definitions", new { key, connector = "basic" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }
}
