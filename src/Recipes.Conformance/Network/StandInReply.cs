using System.Text;
using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>What a stand-in answers.</summary>
internal sealed record StandInReply(int Status, string? ContentType = null, string Body = "")
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>In words, for reports; a body is cut short.</summary>
    public string Words
    {
        get
        {
            var text = new StringBuilder().Append(Status);
            if (ContentType is not null)
                text.Append(' ').Append(ContentType);
            foreach (var (name, value) in Headers)
                text.Append($", {name}: {value}");
            if (Body.Length > 0)
                text.Append(' ').Append(Body.Length > 200 ? $"{Body[..199]}…" : Body);
            return text.ToString();
        }
    }

    public static StandInReply Json(int status, JsonNode body) => new(status, "application/json", body.ToJsonString());

    public static StandInReply Error(int status, string code, string words) => Json(status, new JsonObject { ["error"] = code, ["error_description"] = words });

    public static StandInReply Html(int status, string title) => new(status, "text/html; charset=utf-8", $"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>");

    public static StandInReply Empty(int status) => new(status);

    public static StandInReply Redirect(string address) => new(302) { Headers = [new("Location", address)] };

    public StandInReply With(string name, string value) => this with { Headers = [.. Headers, new(name, value)] };
}
