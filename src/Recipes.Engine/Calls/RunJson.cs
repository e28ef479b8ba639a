using System.Buffers;
using System.Text.Json;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Writes what goes into and comes out of a run as JSON, with a buffer that each thread uses again.</summary>
internal static class RunJson
{
    // One level less than readers of JSON take by default: whoever answers with it puts an object around it.
    private const int MaxDepth = 63;

    private static readonly ReadOnlyMemory<byte> s_empty = "{}"u8.ToArray();

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? s_own;

    public static ReadOnlyMemory<byte> OfInput(IReadOnlyDictionary<string, object?> input)
    {
        if (input.Count == 0)
            return s_empty;
        var (buffer, writer) = Rent();
        PlainData.Write(writer, input);
        return Finish(buffer, writer);
    }

    /// <exception cref="InvalidOperationException">When it is nested deeper than JSON is written here.</exception>
    public static ReadOnlyMemory<byte> OfOutput(IReadOnlyList<RecipeOutput> outputs, object?[] values)
    {
        if (outputs.Count == 0)
            return s_empty;
        var (buffer, writer) = Rent();
        writer.WriteStartObject();
        for (var i = 0; i < outputs.Count; i++)
        {
            writer.WritePropertyName(outputs[i].Name);
            PlainData.Write(writer, values[i]);
        }

        writer.WriteEndObject();
        return Finish(buffer, writer);
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer) Rent()
    {
        if (s_own is not { } own)
        {
            var buffer = new ArrayBufferWriter<byte>(1024);
            s_own = own = (buffer, new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth }));
        }

        own.Buffer.ResetWrittenCount();
        own.Writer.Reset(own.Buffer);
        return own;
    }

    private static byte[] Finish(ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer)
    {
        writer.Flush();
        var json = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity > 64 * 1024)
            s_own = null;
        return json;
    }
}
