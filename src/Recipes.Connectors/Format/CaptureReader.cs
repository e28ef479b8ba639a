using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads the values that a flow fills in by itself.</summary>
internal static class CaptureReader
{
    private static readonly Dictionary<string, CaptureSource> s_sources = new()
    {
        ["tokenReply"] = CaptureSource.TokenReply,
        ["tokenHeader"] = CaptureSource.TokenHeader,
        ["callback"] = CaptureSource.Callback,
        ["idToken"] = CaptureSource.IdToken,
    };

    public static IReadOnlyCollection<string> Sources => s_sources.Keys;

    /// <param name="from">Where all of them come from; null where each says so.</param>
    public static List<Capture> Read(YamlMap owner, FieldNames fields, CaptureSource? from)
    {
        var captures = new List<Capture>();
        foreach (var map in owner.Maps("capture", from is null ? Shape.Capture : Shape.AnswerCapture))
        {
            var (field, secret) = (map.Text("field"), map.Text("secret"));
            if (field is null == secret is null)
                map.File.Fault(map.Node, "a capture goes either into a 'field' or into a 'secret' beside the token.");
            if (field is not null && !fields.IsAutomatic(field))
                map.Fault("field", $"'{field}' is no plain field with 'automatic: true'.");
            if (secret is not null && !Names.IsCamel(secret))
                map.Fault("secret", $"'{secret}' cannot be a name: letters and digits, a small letter first.");
            var path = map.Text("path", required: true) ?? "";
            if (!map.Has("pattern"))
                map.Fault("pattern", "'pattern' is missing: only a value that matches it as a whole is taken.");
            if (map.Pattern("pattern") is { } pattern)
                captures.Add(new(field, secret, from ?? map.Choice("from", s_sources, CaptureSource.TokenReply), path, pattern, map.Flag("required", otherwise: true)) { Prefix = map.Text("prefix") });
        }

        return captures;
    }
}
