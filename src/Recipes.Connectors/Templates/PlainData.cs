using System.Globalization;
using System.Text.Json;

namespace Recipes.Connectors;

/// <summary>
/// The only kind of data that templates and recipes see: null, string, bool, long, decimal, lists and string-keyed dictionaries of these.
/// JSON is converted once, at the edge.
/// </summary>
public static class PlainData
{
    private static readonly JsonWriterOptions s_writing = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whole numbers that fit become long, others decimal (double where a decimal cannot hold them).</summary>
    /// <exception cref="JsonException">A number is beyond a double, or a text has half a surrogate pair: the grammar allows both, and neither could be written again.</exception>
    /// <remarks>Source: RFC 8259 §6 and §8.2.</remarks>
    public static object? FromJson(JsonElement json)
    {
        try
        {
            return FromElement(json);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A text contains half of a surrogate pair.", e);
        }
    }

    /// <exception cref="JsonException">When <paramref name="json"/> is not JSON (the message has line and position), or <see cref="FromJson"/> cannot take it.</exception>
    public static object? Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return FromJson(document.RootElement);
    }

    /// <exception cref="ArgumentException">When <paramref name="value"/> holds anything but plain data.</exception>
    public static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case long number: writer.WriteNumberValue(number); break;
            case int number: writer.WriteNumberValue(number); break;
            case decimal number: writer.WriteNumberValue(number); break;
            case double number: writer.WriteNumberValue(number); break;
            case DateTimeOffset time: writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture)); break;
            case IReadOnlyDictionary<string, object?> map:
                writer.WriteStartObject();
                foreach (var (name, item) in map)
                {
                    writer.WritePropertyName(name);
                    Write(writer, item);
                }

                writer.WriteEndObject();
                break;
            case IReadOnlyList<object?> list:
                writer.WriteStartArray();
                foreach (var item in list)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default: throw new ArgumentException($"A {value.GetType().Name} is not plain data.", nameof(value));
        }
    }

    public static byte[] ToUtf8Json(object? value)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, s_writing))
            Write(writer, value);
        return buffer.WrittenSpan.ToArray();
    }

    public static string ToJson(object? value) => System.Text.Encoding.UTF8.GetString(ToUtf8Json(value));

    private static object? FromElement(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => FromObject(json),
        JsonValueKind.Array => FromArray(json),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => FromNumber(json),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static Dictionary<string, object?> FromObject(JsonElement json)
    {
        var map = new Dictionary<string, object?>(json.GetPropertyCount());
        foreach (var property in json.EnumerateObject())
            map[property.Name] = FromElement(property.Value);
        return map;
    }

    private static List<object?> FromArray(JsonElement json)
    {
        var list = new List<object?>(json.GetArrayLength());
        foreach (var item in json.EnumerateArray())
            list.Add(FromElement(item));
        return list;
    }

    private static object FromNumber(JsonElement json) =>
        json.TryGetInt64(out var whole) ? whole : json.TryGetDecimal(out var number) ? number
        : json.TryGetDouble(out var large) && double.IsFinite(large) ? large : throw new JsonException("A number is too large.");
}
