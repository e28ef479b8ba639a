using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recipes.Web;

/// <summary>Whose account is meant: <c>"me"</c>, <c>"organisation"</c> or <c>{"user": "rep-one"}</c>.</summary>
/// <param name="User">For a user other than the caller.</param>
public sealed record OwnerRequest(bool Organisation, UserId? User)
{
    public static OwnerRequest Me { get; } = new(false, null);

    public Owner For(Caller caller) => Organisation ? Owner.Organisation : Owner.Of(User ?? caller.User);
}

internal sealed class OwnerReader : JsonConverter<OwnerRequest>
{
    private const string Expected = $"{BadRequests.OwnWords}The owner is \"me\", \"organisation\" or {{\"user\": \"<id>\"}}";

    public override OwnerRequest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString() switch
            {
                "me" => OwnerRequest.Me,
                "organisation" => new(true, null),
                _ => throw new JsonException(Expected),
            };
        }

        if (reader.TokenType != JsonTokenType.StartObject || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("user")
            || !reader.Read() || reader.TokenType != JsonTokenType.String || !UserId.TryParse(reader.GetString(), out var user) || !reader.Read() || reader.TokenType != JsonTokenType.EndObject)
        {
            throw new JsonException(Expected);
        }

        return new(false, user);
    }

    public override void Write(Utf8JsonWriter writer, OwnerRequest value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Owners are answered as kind and id.");
}
