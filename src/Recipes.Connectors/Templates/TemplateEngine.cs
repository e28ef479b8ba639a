using System.Globalization;
using System.Text;
using HandlebarsDotNet;
using HandlebarsDotNet.PathStructure;

namespace Recipes.Connectors;

/// <summary>The one Handlebars environment. It gets canonical sources from <see cref="TemplateParser"/> only, never what a user wrote.</summary>
internal static class TemplateEngine
{
    // Names that no user's template can spell: the parser knows only the helpers of TemplateHelpers.
    public const string Print = "__print";
    public const string Escape = "__escape";
    public const string Typed = "__typed";
    public const string Truth = "__truth";
    public const string Each = "__each";
    public const string Text = "__text";
    public const string Number = "__number";

    /// <summary>Most rounds of all #each of one rendering together.</summary>
    public const int MaxRounds = 100_000;

    private static readonly IHandlebars s_handlebars = Create();

    // Rendering is synchronous: what a typed expression came to, and how many rounds were run, belong to the thread.
    [ThreadStatic]
    private static object? s_typed;
    [ThreadStatic]
    private static int s_rounds;

    /// <exception cref="TemplateException">Handlebars refuses what the parser wrote, which is a fault of the parser.</exception>
    public static HandlebarsTemplate<TextWriter, object, object> Compile(string canonical)
    {
        try
        {
            return s_handlebars.Compile(new StringReader(canonical));
        }
        catch (HandlebarsException fault)
        {
            throw new TemplateException($"The template cannot be compiled: {fault.Message}");
        }
    }

    public static string Render(HandlebarsTemplate<TextWriter, object, object> template, IReadOnlyDictionary<string, object?> data)
    {
        s_rounds = 0;
        using var writer = new LimitedWriter();
        template(writer, data, null!);
        return writer.ToString();
    }

    public static object? Evaluate(HandlebarsTemplate<TextWriter, object, object> template, IReadOnlyDictionary<string, object?> data)
    {
        s_typed = null;
        template(TextWriter.Null, data, null!);
        var value = s_typed;
        s_typed = null;
        return value;
    }

    private static IHandlebars Create()
    {
        var configuration = new HandlebarsConfiguration { NoEscape = true, FormatProvider = CultureInfo.InvariantCulture };
        configuration.ObjectDescriptorProviders.Add(new PlainMembers());
        var handlebars = Handlebars.Create(configuration);
        handlebars.RegisterHelper(Print, (HandlebarsHelper)((output, _, arguments) => output.Write(Printed(arguments), encode: false)));
        handlebars.RegisterHelper(Escape, (HandlebarsHelper)((output, _, arguments) => output.Write(Uri.EscapeDataString(Printed(arguments)), encode: false)));
        handlebars.RegisterHelper(Typed, (HandlebarsHelper)((_, _, arguments) => s_typed = Plain(arguments[0])));
        handlebars.RegisterHelper(Truth, (HandlebarsReturnHelper)((_, arguments) => PlainComparer.IsTrue(Plain(arguments[0]))));
        handlebars.RegisterHelper(Text, (HandlebarsReturnHelper)((_, arguments) => DecodeText(Literal(arguments[0]))));
        handlebars.RegisterHelper(Number, (HandlebarsReturnHelper)((_, arguments) => decimal.Parse(Literal(arguments[0]), CultureInfo.InvariantCulture)));
        handlebars.RegisterHelper(Each, (HandlebarsBlockHelper)RunEach);
        foreach (var helper in TemplateHelpers.All.Values)
            handlebars.RegisterHelper(helper.Name, (HandlebarsReturnHelper)((_, arguments) => Call(helper, arguments)));
        return handlebars;
    }

    /// <summary>Text that would be read as markup, as letters and digits.</summary>
    public static string EncodeText(string text) => Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text));

    private static string DecodeText(string code) => Encoding.BigEndianUnicode.GetString(Convert.FromHexString(code));

    private static object Call(TemplateHelper helper, Arguments arguments)
    {
        var values = new object?[arguments.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = Plain(arguments[i]);
        return helper.Call(values)!;
    }

    private static string Printed(Arguments arguments) =>
        arguments[0] is UndefinedBindingResult ? throw TemplateException.Missing(Literal(arguments[1])) : PlainText.Of(Plain(arguments[0]));

    // The canonical source has text there.
    private static string Literal(object? argument) => (string)argument!;

    private static object? Plain(object? value) => value switch
    {
        UndefinedBindingResult => null,
        int literal => (long)literal,
        IReadOnlyDictionary<string, string> fields => PlainMembers.ToMap(fields),
        _ => value,
    };

    private static void RunEach(EncodedTextWriter output, BlockHelperOptions options, Context context, Arguments arguments)
    {
        switch (Plain(arguments[0]))
        {
            case IReadOnlyList<object?> { Count: > 0 } list:
                for (var i = 0; i < list.Count; i++)
                    RunRound(output, options, list[i], i, list.Count, key: null);
                break;
            case IReadOnlyDictionary<string, object?> { Count: > 0 } map:
                var at = 0;
                foreach (var (key, value) in map)
                    RunRound(output, options, value, at++, map.Count, key);
                break;
            case null or IReadOnlyList<object?> or IReadOnlyDictionary<string, object?>:
                options.Inverse(output, options.Frame);
                break;
            case var other:
                throw new TemplateException($"#each needs a list or an object, not {PlainText.KindOf(other)}.");
        }
    }

    private static void RunRound(in EncodedTextWriter output, in BlockHelperOptions options, object? item, int index, int count, string? key)
    {
        if (++s_rounds > MaxRounds)
            throw new TemplateException($"The loops of the template take more than {MaxRounds} rounds.");
        using var frame = options.CreateFrame(item);
        var data = frame.Data;
        data[ChainSegment.Index] = (long)index;
        data[ChainSegment.First] = index == 0;
        data[ChainSegment.Last] = index == count - 1;
        data[ChainSegment.Key] = key;
        options.Template(output, frame);
    }
}
