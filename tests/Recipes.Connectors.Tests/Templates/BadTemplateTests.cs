using System.Text;

namespace Recipes.Connectors.Tests;

public sealed class BadTemplateTests
{
    [Theory]
    [InlineData("{{uper input.a}}", "position 3: unknown helper 'uper'; did you mean 'upper'?")]
    [InlineData("a {{inptu.a}}", "position 5: unknown name 'inptu'; did you mean 'input'?")]
    [InlineData("{{upper}}", "position 3: helper 'upper' takes 1 value, found 0.")]
    [InlineData("{{gt input.a}}", "takes 2 values, found 1")]
    [InlineData("{{input.a", "never closed")]
    [InlineData("{{input.a}", "should end with '}}'")]
    [InlineData("{{}}", "a value is missing")]
    [InlineData("{{ }}", "a value is missing")]
    [InlineData("{{{input.a}}", "should end with '}}}'")]
    [InlineData("{{{{raw}}}}x{{{{/raw}}}}", "raw blocks")]
    [InlineData("{{input.}}", "a name should be")]
    [InlineData("{{input..a}}", "a name should be")]
    [InlineData("{{../input.a}}", "'..' and '.' are not needed")]
    [InlineData("{{@root.input.a}}", "'@root' is not offered")]
    [InlineData("{{@index}}", "outside of #each")]
    [InlineData("{{this}}", "only inside #each")]
    [InlineData("{{input/a}}", "parted by dots")]
    [InlineData("{{input[0]}}", "write a dot before")]
    [InlineData("{{> part}}", "partials")]
    [InlineData("{{#> part}}{{/part}}", "partial")]
    [InlineData("{{#*inline 'x'}}{{/inline}}", "partial blocks and decorators")]
    [InlineData("{{* x}}", "decorators")]
    [InlineData("{{& input.a}}", "not needed")]
    [InlineData("{{^}}", "not offered")]
    [InlineData("{{lookup input 'a'}}", "'lookup' is not offered")]
    [InlineData("{{#with input}}{{/with}}", "there is no block '#with'")]
    [InlineData("{{#iff input.a}}{{/iff}}", "did you mean 'if'?")]
    [InlineData("{{#if}}x{{/if}}", "'if' needs a value")]
    [InlineData("{{#if eq input.a 1}}x{{/if}}", "unknown name 'eq'|needs values")]
    [InlineData("{{#if input.a input.b}}x{{/if}}", "takes one value")]
    [InlineData("{{#if input.a}}x", "'#if' is never closed")]
    [InlineData("{{#if input.a}}x{{/each}}", "cannot close '#if'")]
    [InlineData("x{{/if}}", "closes nothing")]
    [InlineData("{{else}}", "outside of any block")]
    [InlineData("{{#if input.a}}{{else}}{{else}}{{/if}}", "its 'else' already")]
    [InlineData("{{#each input.a}}{{else if input.b}}{{/each}}", "after 'else'")]
    [InlineData("{{upper 'x}}", "never closed by its quotation mark")]
    [InlineData("{{upper (lower 'x'}}", "parenthesis")]
    [InlineData("{{upper a=1}}", "named values|unknown name")]
    [InlineData("{{1.2.3}}", "no number")]
    [InlineData("{{! x", "comment is never closed")]
    [InlineData("{{__typed input.a}}", "unknown helper '__typed'")]
    [InlineData("{{now}}", "unknown name 'now'")]
    public void A_wrong_template_is_refused_with_its_place(string source, string expected)
    {
        var parsed = Template.TryParse(source, TemplateScope.Recipe, out var template, out var error);

        parsed.ShouldBeFalse();
        template.ShouldBeNull();
        error.ShouldNotBeNull().ShouldStartWith("position ");
        expected.Split('|').ShouldContain(part => error.Contains(part), error);
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { "blocks", Repeat("{{#if input.a}}", 2000) + Repeat("{{/if}}", 400) },
        { "many blocks", Repeat("{{#if input.a}}", 10_000) + Repeat("{{/if}}", 10_000) },
        { "else if", "{{#if 1}}" + Repeat("{{else if 1}}", 200) + "{{/if}}" },
        { "sub-expressions", "{{not " + Repeat("(not ", 5000) + "1" + new string(')', 5000) + "}}" },
        { "parentheses", "{{" + new string('(', 30_000) },
        { "length", new string('x', 40_000) },
        { "endless inline partial", "{{#*inline 'x'}}{{> x}}{{/inline}}{{> x}}" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_template_is_refused(string name, string source) =>
        Template.TryParse(source, TemplateScope.Recipe, out _, out _).ShouldBeFalse(name);

    [Fact]
    public void The_deepest_template_allowed_compiles_and_renders()
    {
        var blocks = Repeat("{{#if true}}", 50) + "x" + Repeat("{{/if}}", 50);
        var calls = "{{" + string.Concat(Enumerable.Range(0, 49).Select(_ => "not (")) + "not true" + new string(')', 49) + "}}";

        Template.TryParse(blocks, TemplateScope.Recipe, out var nested, out var error).ShouldBeTrue(error);
        Template.TryParse(calls, TemplateScope.Recipe, out var deep, out error).ShouldBeTrue(error);

        nested!.Render(new Dictionary<string, object?>()).ShouldBe("x");
        deep!.Evaluate(new Dictionary<string, object?>()).ShouldBe(true);
    }

    [Fact]
    public void Loops_in_loops_come_to_an_end()
    {
        var list = Enumerable.Range(0, 100).Select(object? (i) => (long)i).ToList();
        var data = new Dictionary<string, object?> { ["input"] = list };
        Template.TryParse(Repeat("{{#each input}}", 6) + "x" + Repeat("{{/each}}", 6), TemplateScope.Recipe, out var template, out _).ShouldBeTrue();

        Should.Throw<TemplateException>(() => template!.Render(data)).Message.ShouldContain("rounds");
    }

    [Fact]
    public void No_member_of_a_dotnet_object_is_reachable()
    {
        var data = new Dictionary<string, object?> { ["input"] = new Dictionary<string, object?> { ["o"] = new InvalidOperationException("inside"), ["s"] = "text" } };
        foreach (var path in new[] { "o.Message", "o.GetType", "o.TargetSite", "s.Length", "s.Chars", "Keys", "Count", "Comparer" })
        {
            Template.TryParse($"{{{{default input.{path} 'safe'}}}}|{{{{#if input.{path}}}}}x{{{{/if}}}}", TemplateScope.Recipe, out var template, out _).ShouldBeTrue();

            template!.Render(data).ShouldBe("safe|", path);
        }
    }

    [Fact]
    public void Random_texts_are_accepted_or_refused_and_what_is_accepted_renders_or_says_why()
    {
        string[] pieces =
        [
            "{{", "}}", "{", "}", "~", "#if ", "#each ", "#unless ", "/if", "/each", "else", "else if ", "input", ".a", ".[b c]", ".0", "this", "@index", "(", ")", "eq ", "upper ", "default ",
            "'x'", "\"y\"", "'", "5", "-1", "true", " ", "\n", "\\", "text", "!", "!--", "--", "{{input.a}}", "{{#if input.a}}", "{{/if}}", "{{#each input.l}}", "{{/each}}", "{{else}}", "é", "\ud800", "\0",
        ];
        var random = new Random(20260131);
        var data = new Dictionary<string, object?> { ["input"] = new Dictionary<string, object?> { ["a"] = 1L, ["l"] = new List<object?> { "x", null } } };
        var accepted = 0;

        for (var i = 0; i < 20_000; i++)
        {
            var source = new StringBuilder();
            for (var n = random.Next(1, 14); n > 0; n--)
                source.Append(pieces[random.Next(pieces.Length)]);
            if (!Template.TryParse(source.ToString(), TemplateScope.Recipe, out var template, out _))
                continue;

            accepted++;
            try
            {
                template.Evaluate(data);
            }
            catch (TemplateException fault)
            {
                fault.Message.ShouldNotContain("cannot be compiled", customMessage: source.ToString());
            }
        }

        accepted.ShouldBeGreaterThan(500);
    }

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();
}
