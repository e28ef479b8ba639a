using System.Text.Json;

namespace Recipes.Connections;

/// <summary>What was captured: plain fields, and secrets beside the token.</summary>
/// <param name="Missing">Captures that are required and found nothing that fits.</param>
internal sealed record CapturedValues(IReadOnlyDictionary<string, string> Fields, IReadOnlyDictionary<string, Secret> Secrets, IReadOnlyList<Capture> Missing);

/// <summary>Takes values out of what a provider answered, each only as its pattern lets it through.</summary>
internal static class Captures
{
    /// <summary>Those that come from the reply itself, a header of it, or the ID token in it.</summary>
    public static CapturedValues FromTokenReply(IReadOnlyList<Capture> captures, TokenReplyDocument reply) => Take(captures, capture => capture.From switch
    {
        CaptureSource.TokenReply => (true, reply.Find(capture.Path)),
        CaptureSource.TokenHeader => (true, reply.Headers.GetValueOrDefault(capture.Path)),
        CaptureSource.IdToken => (true, reply.FindClaim(capture.Path)),
        _ => (false, null),
    });

    /// <summary>Those that come from the answer to a follow-up call.</summary>
    public static CapturedValues FromAnswer(IReadOnlyList<Capture> captures, JsonElement answer) =>
        Take(captures, capture => capture.From == CaptureSource.Answer ? (true, TokenReplyDocument.TextAt(answer, capture.Path)) : (false, null));

    /// <param name="find">Whether it comes from there, and the raw value.</param>
    public static CapturedValues Take(IReadOnlyList<Capture> captures, Func<Capture, (bool IsThere, string? Raw)> find)
    {
        var (fields, secrets, missing) = (new Dictionary<string, string>(), new Dictionary<string, Secret>(), new List<Capture>());
        foreach (var capture in captures)
        {
            var (isThere, raw) = find(capture);
            if (!isThere)
                continue;
            if (capture.Read(raw) is not { Length: > 0 } value)
            {
                if (capture.Required)
                    missing.Add(capture);
            }
            else if (capture.Secret is { } secret)
            {
                secrets[secret] = new(value);
            }
            else
            {
                fields[capture.Field!] = value;
            }
        }

        // Several may name one field, the first that finds something is enough.
        missing.RemoveAll(m => m.Secret is { } secret ? secrets.ContainsKey(secret) : fields.ContainsKey(m.Field!));
        return new(fields, secrets, missing);
    }
}
