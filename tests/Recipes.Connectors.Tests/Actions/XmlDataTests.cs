namespace Recipes.Connectors.Tests;

public sealed class XmlDataTests : IAsyncLifetime
{
    private readonly ConnectorFiles _files = new();
    private LoopbackApp _app = null!;

    public async Task InitializeAsync() => _app = await LoopbackApp.StartAsync();

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _files.Dispose();
    }

    [Theory]
    [InlineData("<a/>", "\"\"")]
    [InlineData("<a> x </a>", "\" x \"")]
    [InlineData("<a><b>1</b><c/></a>", """{"b":"1","c":""}""")]
    [InlineData("<d:a xmlns:d='DAV:'><d:b>1</d:b><e:b xmlns:e='x'>2</e:b></d:a>", """{"b":["1","2"]}""")]
    [InlineData("<a id='7'>text</a>", """{"@id":"7","#text":"text"}""")]
    [InlineData("<?xml version='1.0' encoding='utf-8'?><a>\n <!-- no --> <b><![CDATA[<x>]]></b>\n</a>", """{"b":"<x>"}""")]
    public void Xml_becomes_plain_data(string xml, string expected) => PlainData.ToJson(XmlData.Parse(xml)).ShouldBe(expected);

    [Theory]
    [InlineData("<a><b></a>")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("<!DOCTYPE a [<!ENTITY e 'eeee'>]><a>&e;</a>")]
    [InlineData("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>")]
    public void What_is_no_harmless_xml_is_refused(string xml) => Should.Throw<InvalidDataException>(() => XmlData.Parse(xml));

    [Fact]
    public void Deep_nesting_is_refused() =>
        Should.Throw<InvalidDataException>(() => XmlData.Parse(string.Concat(Enumerable.Repeat("<a>", 100_000)) + string.Concat(Enumerable.Repeat("</a>", 100_000))));

    [Theory]
    [InlineData("<list/>", 0)]
    [InlineData("<list><item>a</item></list>", 1)]
    [InlineData("<list><item>a</item><item>b</item></list>", 2)]
    public async Task A_list_in_xml_is_a_list_whatever_its_length(string xml, long count)
    {
        _app.ContentType = "application/xml";
        _app.Answers(xml);
        using var client = new LoopbackClient(_app);

        var result = await _files.LoadAction("  - name: List\n    request: { method: PROPFIND, path: /l }\n    response: { format: xml, list: item }\n")
            .ExecuteAsync(client, new Dictionary<string, object?>(), CancellationToken.None);

        var output = result.ShouldBeOfType<ActionResult.Succeeded>().Output;
        ((List<object?>)output["items"]!).Count.ShouldBe((int)count);
        output["count"].ShouldBe(count);
        _app.RequestLine.ShouldStartWith("PROPFIND ");
    }
}
