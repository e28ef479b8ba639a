using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Connections;

/// <summary>The body of a request whose values are credential templates.</summary>
public abstract record CredentialBody
{
    private CredentialBody() { }

    /// <exception cref="FormatException">When something in it has no value.</exception>
    internal abstract HttpContent Render(CredentialScope scope);

    /// <summary>JSON, nested as it may be.</summary>
    public sealed record Json(CredentialNode Root) : CredentialBody
    {
        internal override HttpContent Render(CredentialScope scope) =>
            new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(Root.Render(scope))) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    /// <summary>application/x-www-form-urlencoded; a field that comes out empty is left out.</summary>
    public sealed record Form(IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Fields) : CredentialBody
    {
        internal override HttpContent Render(CredentialScope scope) =>
            new FormUrlEncodedContent(Fields.Select(f => KeyValuePair.Create(f.Key, f.Value.RenderOrNull(scope)!)).Where(f => f.Value is not null));
    }

    /// <summary>Text of any type, XML for instance.</summary>
    public sealed record Text(CredentialTemplate Template, string ContentType) : CredentialBody
    {
        internal override HttpContent Render(CredentialScope scope)
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Template.Render(scope)));
            content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
            return content;
        }
    }
}

/// <summary>One node of a JSON body.</summary>
public abstract record CredentialNode
{
    private CredentialNode() { }

    /// <summary>Null where it comes out empty: then its member is left out.</summary>
    internal abstract JsonNode? Render(CredentialScope scope);

    public sealed record Value(CredentialTemplate Template) : CredentialNode
    {
        internal override JsonNode? Render(CredentialScope scope) => Template.RenderOrNull(scope);
    }

    /// <summary>A number, a truth value or null, as the file has it.</summary>
    public sealed record Constant(object? Plain) : CredentialNode
    {
        internal override JsonNode? Render(CredentialScope scope) => JsonSerializer.SerializeToNode(Plain);
    }

    public sealed record Map(IReadOnlyList<KeyValuePair<string, CredentialNode>> Members) : CredentialNode
    {
        internal override JsonNode Render(CredentialScope scope)
        {
            var map = new JsonObject();
            foreach (var (name, member) in Members)
            {
                var value = member.Render(scope);
                if (value is not null || member is Constant)
                    map[name] = value;
            }

            return map;
        }
    }

    public sealed record Items(IReadOnlyList<CredentialNode> Members) : CredentialNode
    {
        internal override JsonNode Render(CredentialScope scope) => new JsonArray([.. Members.Select(m => m.Render(scope))]);
    }
}
