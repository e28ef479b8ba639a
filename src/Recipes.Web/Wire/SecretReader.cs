using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recipes.Web;

/// <summary>Reads a value straight into a <see cref="Secret"/>. There is no way back.</summary>
internal sealed class SecretReader : JsonConverter<Secret>
{
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String when reader.GetString() is { Length: > 0 } text => new Secret(text),
        JsonTokenType.Number => new Secret(Encoding.UTF8.GetString(reader.ValueSpan)),
        JsonTokenType.True => new Secret("true"),
        JsonTokenType.False => new Secret("false"),
        JsonTokenType.String => throw new JsonException($"{BadRequests.OwnWords}The value is empty: leave the member out instead"),
        _ => throw new JsonException($"{BadRequests.OwnWords}A text, a number, true or false is expected"),
    };

    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
        throw new NotSupportedException("A secret is never written.");
}
