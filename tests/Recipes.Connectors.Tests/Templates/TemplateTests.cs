namespace Recipes.Connectors.Tests;

public sealed class TemplateTests
{
    private static readonly IReadOnlyDictionary<string, object?> s_data = (IReadOnlyDictionary<string, object?>)PlainData.Parse("""
        {
          "input": {
            "amount": 12000, "price": 1.50, "text": "Ada", "digits": "9000", "flag": true, "off": false, "nothing": null, "empty": "", "zero": 0,
            "html": "<b>&</b>", "date": "2026-01-31", "time": "2026-01-31T09:30:00Z", "big": 9007199254740993, "my key": "k", "it's": "q",
            "tags": ["a", "b", "c"], "none": [], "object": { "x": 1, "y": "z" }, "people": [ { "name": "Ada", "tags": [1, 2] }, { "name": "Bob", "tags": [] } ]
          },
          "variables": { "length": 3 },
          "steps": {}
        }
        """)!;

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a {{input.text}} b", "a Ada b")]
    [InlineData("{{{input.html}}}|{{input.html}}", "<b>&</b>|<b>&</b>")]
    [InlineData("{{input.flag}} {{input.off}} {{input.amount}} {{input.price}}", "true false 12000 1.50")]
    [InlineData("[{{input.nothing}}]", "[]")]
    [InlineData("{{input.tags}} {{input.object}}", """["a","b","c"] {"x":1,"y":"z"}""")]
    [InlineData("{{input.tags.1}}{{input.tags.[2]}}", "bc")]
    [InlineData("{{input.[my key]}}{{input.[it's]}}", "kq")]
    [InlineData("{{upper input.[it's]}} {{lower input.[my key]}}", "Q k")]
    [InlineData("""{"a":{{input.amount}}}""", """{"a":12000}""")]
    [InlineData("""{"a":{"b":{{add input.amount 1}}}}""", """{"a":{"b":12001}}""")]
    [InlineData("a{ {{upper 'x'}} }b", "a{ X }b")]
    [InlineData("C:\\\\{{upper 'x'}}", "C:\\X")]
    [InlineData("\\{{input.x}} {{upper 'x'}}", "{{input.x}} X")]
    [InlineData("a {{! note }}b {{!-- {{x}} --}}c", "a b c")]
    [InlineData("a {{~ input.text ~}} b", "aAdab")]
    [InlineData("{{5}}{{-1.50}}{{'x'}}{{true}}{{null}}{{99999999999999999999}}", "5-1.50xtrue99999999999999999999")]
    [InlineData("-{{concat '5' \"it's\" '}}' '{{' 5 5.5 true '\\'}}-", "-5it's}}{{55.5true\\-")]
    [InlineData("{{#if input.flag}}yes{{else}}no{{/if}}", "yes")]
    [InlineData("{{#if input.off}}yes{{else}}no{{/if}}", "no")]
    [InlineData("{{#if input.zero}}yes{{else}}no{{/if}}", "no")]
    [InlineData("{{#if input.none}}yes{{else}}no{{/if}}", "no")]
    [InlineData("{{#if input.missing.deep}}yes{{else}}no{{/if}}", "no")]
    [InlineData("{{#if (gt input.amount 50000)}}big{{else if (gt input.amount 10000)}}medium{{else}}small{{/if}}", "medium")]
    [InlineData("{{#unless input.off}}on{{else if input.flag}}x{{/unless}}", "on")]
    [InlineData("{{#unless input.flag}}on{{else if input.flag}}x{{/unless}}", "x")]
    [InlineData("{{#each input.tags}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}", "0a,1b,2c")]
    [InlineData("{{#each input.object}}{{@key}}={{this}};{{/each}}", "x=1;y=z;")]
    [InlineData("{{#each input.none}}x{{else}}none {{input.text}}{{/each}}", "none Ada")]
    [InlineData("{{#each input.missing}}x{{else}}none{{/each}}", "none")]
    [InlineData("{{#each input.people}}{{#if @first}}{{else}}; {{/if}}{{name}} of {{input.text}}:{{#each this.tags}} {{this}}/{{@index}}{{else}} -{{/each}}{{/each}}", "Ada of Ada: 1/0 2/1; Bob of Ada: -")]
    [InlineData("{{#each input.people}}{{upper name}}{{default this.x 'y'}}{{/each}}", "ADAyBOBy")]
    [InlineData("Hi\n{{#if input.flag}}\n  there\n{{/if}}\nend", "Hi\n  there\nend")]
    public void A_text_is_filled_in(string source, string expected) => Parse(source).Render(s_data).ShouldBe(expected);

    public static TheoryData<string, object?> Typed => new()
    {
        { "{{input.amount}}", 12000L },
        { "{{input.price}}", 1.50m },
        { "{{ input.flag }}", true },
        { "{{input.missing}}", null },
        { "{{input.nothing.deep}}", null },
        { "{{input.text.Length}}", null },
        { "{{this.GetType}}", "error" },
        { "{{input.tags.Count}}", null },
        { "{{input.object.Keys}}", null },
        { "{{variables.length}}", 3L },
        { "{{5}}", 5L },
        { "{{2.50}}", 2.50m },
        { "{{'5'}}", "5" },
        { "{{'true'}}", "true" },
        { "{{null}}", null },
        { "{{gt input.amount 10000}}", true },
        { "{{(gt input.amount 10000)}}", true },
        { "{{gt input.digits 10000}}", false },
        { "{{gt '9000' '10000'}}", false },
        { "{{lt input.amount input.price}}", false },
        { "{{ge input.amount 12000.0}}", true },
        { "{{le input.missing 1}}", false },
        { "{{eq input.amount '12000.00'}}", true },
        { "{{eq input.big 9007199254740993}}", true },
        { "{{eq input.big 9007199254740992}}", false },
        { "{{gt 1e 1}}", "error" },
        { "{{eq 'a' 'A'}}", false },
        { "{{eq input.missing null}}", true },
        { "{{ne input.flag true}}", false },
        { "{{eq input.object input.object}}", true },
        { "{{gt input.text 5}}", false },
        { "{{and input.flag (or input.off input.amount)}}", true },
        { "{{not input.empty}}", true },
        { "{{upper input.missing}}", null },
        { "{{trim ' a '}}", "a" },
        { "{{replace 'a-b-c' '-' '+'}}", "a+b+c" },
        { "{{substring 'abcdef' 2 3}}", "cde" },
        { "{{substring 'abc' 2 30}}", "c" },
        { "{{join (split 'a,b' ',') ' '}}", "a b" },
        { "{{contains input.tags 'b'}}", true },
        { "{{contains 'abc' 'd'}}", false },
        { "{{startsWith input.text 'A'}}", true },
        { "{{endsWith input.missing 'A'}}", false },
        { "{{length input.text}}", 3L },
        { "{{count input.people}}", 2L },
        { "{{count input.missing}}", 0L },
        { "{{first input.tags}}", "a" },
        { "{{last input.none}}", null },
        { "{{at input.tags 1}}", "b" },
        { "{{at input.tags 10}}", null },
        { "{{at input.object 'y'}}", "z" },
        { "{{add 1 2 '3'}}", 6L },
        { "{{add 0.1 0.2}}", 0.3m },
        { "{{subtract 1 2}}", -1L },
        { "{{multiply 1.50 2}}", 3.00m },
        { "{{divide 10 4}}", 2.5m },
        { "{{divide 10 5}}", 2L },
        { "{{round 2.5}}", 3L },
        { "{{round 2.345 2}}", 2.35m },
        { "{{number '42'}}", 42L },
        { "{{number ''}}", null },
        { "{{formatDate input.time 'dd.MM.yyyy HH:mm'}}", "31.01.2026 09:30" },
        { "{{addDays input.date 1}}", "2026-02-01" },
        { "{{addDays input.time -31}}", "2025-12-31T09:30:00.0000000+00:00" },
        { "{{json input.object}}", """{"x":1,"y":"z"}""" },
        { "{{at (parseJson '{\"a\":[1]}') 'a'}}", "list:1" },
        { "{{default input.missing input.nothing 'x'}}", "x" },
        { "{{default input.off true}}", false },
    };

    [Theory]
    [MemberData(nameof(Typed))]
    public void A_single_expression_keeps_its_type(string source, object? expected)
    {
        if (expected is "error")
        {
            Template.TryParse(source, TemplateScope.Recipe, out _, out _).ShouldBeFalse();
            return;
        }

        var value = Parse(source).Evaluate(s_data);

        (value is List<object?> list ? $"list:{string.Join(',', list)}" : value).ShouldBe(expected);
    }

    [Theory]
    [InlineData("Hello {{input.customer.name}}!", "input.customer.name")]
    [InlineData("{{upper 'x'}} {{input.missing}}", "input.missing")]
    [InlineData("{{#each input.people}}{{this.age}}{{/each}}", "this.age")]
    [InlineData("{{#if input.flag}}{{steps.[x y].id}}{{/if}}", "steps.[x y].id")]
    public void Printing_a_missing_path_names_it(string source, string path)
    {
        var template = Parse(source);

        var fault = Should.Throw<TemplateException>(() => template.Render(s_data));

        fault.Path.ShouldBe(path);
        fault.Message.ShouldContain(path);
    }

    [Theory]
    [InlineData("{{divide 1 0}}", "zero")]
    [InlineData("{{add input.text 1}}", "add needs a number")]
    [InlineData("{{first input.text}}", "first needs a list")]
    [InlineData("{{formatDate 'x' 'yyyy'}}", "formatDate needs a date")]
    [InlineData("{{parseJson '[1'}}", "not JSON")]
    [InlineData("{{multiply 9999999999999999999999999999 10}}", "too large")]
    [InlineData("{{#each input.amount}}x{{/each}}", "#each needs a list")]
    [InlineData("{{addDays input.date 99999999999}}", "no date")]
    [InlineData("{{parseJson '1e999'}}", "too large")]
    [InlineData("{{parseJson '\"\\ud800\"'}}", "surrogate")]
    public void A_helper_that_cannot_work_says_why(string source, string reason) =>
        Should.Throw<TemplateException>(() => Parse(source).Evaluate(s_data)).Message.ShouldContain(reason);

    [Theory]
    [InlineData("{{replace input.long 'x' input.long}}")]
    [InlineData("{{join (split input.long 'x') input.long}}")]
    public void Two_long_texts_do_not_make_one_beyond_the_limit(string source)
    {
        var data = new Dictionary<string, object?> { ["input"] = new Dictionary<string, object?> { ["long"] = new string('x', 30_000) } };

        Should.Throw<TemplateException>(() => Parse(source).Evaluate(data)).Message.ShouldContain("grows beyond");
    }

    [Fact]
    public void Paths_are_listed_with_their_place_and_whether_they_may_be_missing()
    {
        var template = Parse("{{input.a}} {{upper input.b}}{{#if steps.c.id}}{{default variables.d 1}}{{/if}}");

        template.Paths.Select(p => (p.ToString(), p.Position, p.MayBeMissing)).ShouldBe(
            [("input.a", 3, false), ("input.b", 21, true), ("steps.c.id", 36, true), ("variables.d", 58, true)]);
        Parse("{{input.a}}").Paths.ShouldHaveSingleItem().MayBeMissing.ShouldBeTrue();
    }

    [Theory]
    [InlineData("x", true, false)]
    [InlineData("", true, false)]
    [InlineData("{{input.a}}", false, true)]
    [InlineData("{{add 1 2}}", false, true)]
    [InlineData(" {{input.a}}", false, false)]
    [InlineData("{{input.a}}{{input.b}}", false, false)]
    [InlineData("{{#if input.a}}{{input.b}}{{/if}}", false, false)]
    [InlineData("{{! x }}{{input.a}}", false, false)]
    public void A_template_knows_what_it_is(string source, bool constant, bool single)
    {
        var template = Parse(source);

        template.IsConstant.ShouldBe(constant);
        template.IsSingleExpression.ShouldBe(single);
    }

    [Fact]
    public void One_template_serves_many_threads()
    {
        var typed = Parse("{{add input.n 1}}");
        var text = Parse("{{#each input.list}}{{this}}{{/each}}:{{input.n}}");

        Parallel.For(0, 20_000, i =>
        {
            var input = new Dictionary<string, object?> { ["n"] = (long)i, ["list"] = new List<object?> { (long)i } };
            var data = new Dictionary<string, object?> { ["input"] = input };
            typed.Evaluate(data).ShouldBe(i + 1L);
            text.Render(data).ShouldBe($"{i}:{i}");
        });
    }

    [Theory]
    [InlineData("{{connections.crm.fields.host}}", "h")]
    [InlineData("{{connections.crm.fields}}", """{"host":"h"}""")]
    [InlineData("{{json connections.crm.fields}}", """{"host":"h"}""")]
    [InlineData("{{#each connections.crm.fields}}{{@key}}={{this}}{{/each}}", "host=h")]
    public void Fields_of_a_connection_are_plain_data_too(string source, string expected)
    {
        var crm = new Dictionary<string, object?> { ["fields"] = new Dictionary<string, string> { ["host"] = "h" } };
        var data = new Dictionary<string, object?> { ["connections"] = new Dictionary<string, object?> { ["crm"] = crm } };

        Parse(source).Render(data).ShouldBe(expected);
    }

    private static Template Parse(string source) =>
        Template.TryParse(source, TemplateScope.Recipe, out var template, out var error) ? template : throw new FormatException($"{source}: {error}");
}
