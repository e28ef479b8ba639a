using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Recipes.Connectors;

/// <summary>A successful answer as plain data.</summary>
/// <param name="Body">JSON as data, anything else as text, null when empty.</param>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, object?> Headers, object? Body)
{
    /// <summary>Most bytes of a body that are read.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    /// <exception cref="InvalidDataException">The body is larger than <see cref="MaxBytes"/>.</exception>
    /// <exception cref="HttpRequestException">The answer broke off.</exception>
    public static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > MaxBytes)
            throw new InvalidDataException($"The answer is larger than {MaxBytes / (1024 * 1024)} MB.");
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var bytes = new MemoryStream();
        // Most answers are much smaller than a chunk: clearing a new one each time would be most of the work.
        var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            for (int read; (read = await stream.ReadAsync(chunk, cancellationToken)) > 0;)
            {
                bytes.Write(chunk, 0, read);
                if (bytes.Length > MaxBytes)
                    throw new InvalidDataException($"The answer is larger than {MaxBytes / (1024 * 1024)} MB.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return new((int)response.StatusCode, ReadHeaders(response), ReadBody(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), response.Content.Headers.ContentType));
    }

    private static object? ReadBody(ReadOnlyMemory<byte> bytes, System.Net.Http.Headers.MediaTypeHeaderValue? type)
    {
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[3..];
        if (bytes.IsEmpty)
            return null;
        var encoding = EncodingOf(type?.CharSet);
        var isJson = type?.MediaType is null || type.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase);
        try
        {
            if (isJson)
            {
                using var document = encoding is UTF8Encoding ? JsonDocument.Parse(bytes) : JsonDocument.Parse(encoding.GetString(bytes.Span));
                return PlainData.FromJson(document.RootElement);
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Some apps call HTML or plain text JSON; the text is of more use than a failure after a success.
            return encoding.GetString(bytes.Span);
        }

        return encoding.GetString(bytes.Span);
    }

    private static Encoding EncodingOf(string? charset)
    {
        try
        {
            return string.IsNullOrEmpty(charset) ? Encoding.UTF8 : Encoding.GetEncoding(charset.Trim('"'));
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }

    // Cookies are credentials of a kind, so they stay behind.
    private static Dictionary<string, object?> ReadHeaders(HttpResponseMessage response) =>
        response.Headers.Concat(response.Content.Headers).Where(h => !h.Key.StartsWith("Set-Cookie", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(h => h.Key.ToLowerInvariant(), object? (h) => string.Join(", ", h.Value));
}
