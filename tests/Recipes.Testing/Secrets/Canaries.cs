using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Testing;

/// <summary>Secrets that tests use and that must turn up nowhere: not in a log, a response, a journal, an exception or a plain column.</summary>
/// <remarks>
/// Where the environment variable RECIPES_CANARY_FILE names a file, each secret is appended to it with its disguises, one line each,
/// parted by tabs: label, then what to look for. The test command looks through all results for them in the end.
/// </remarks>
public static class Canaries
{
    private static readonly ConcurrentDictionary<string, Canary> s_canaries = new(StringComparer.Ordinal);
    private static readonly Lock s_file = new();

    /// <summary>A secret that nobody else has: <c>cnry</c> and 28 hexadecimal characters.</summary>
    /// <param name="label">Says in a finding which secret it was.</param>
    public static string NewSecret(string label)
    {
        var secret = "cnry" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(14));
        Add(label, secret);
        return secret;
    }

    /// <summary>Registers a secret that was not made here, such as an access token that a provider gave.</summary>
    /// <param name="secret">8 characters or more: a shorter one would be found by chance.</param>
    /// <exception cref="ArgumentException">When it is shorter.</exception>
    public static void Add(string label, string secret)
    {
        if (secret.Length < 8)
        {
            throw new ArgumentException("A canary has at least 8 characters.", nameof(secret));
        }

        var canary = new Canary(label, secret);
        if (!s_canaries.TryAdd(secret, canary) || Environment.GetEnvironmentVariable("RECIPES_CANARY_FILE") is not { Length: > 0 } file)
        {
            return;
        }

        lock (s_file)
        {
            // One short append, as several test processes write to the file at the same time.
            var line = Encoding.UTF8.GetBytes(string.Join('\t', [label.Replace('\t', ' '), .. canary.Disguises.Select(disguise => disguise.Text)]) + "\n");
            using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(line);
        }
    }

    /// <summary>Every canary in a text: as it is, percent-encoded, in hexadecimal, or within base64 at any of its three alignments.</summary>
    public static IReadOnlyList<CanarySighting> FindIn(string text, string place = "text")
    {
        var sightings = new List<CanarySighting>();
        foreach (var canary in s_canaries.Values)
        {
            foreach (var (how, disguise, ignoreCase) in canary.Disguises)
            {
                if (text.Contains(disguise, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
                {
                    sightings.Add(new CanarySighting(canary.Label, how, place));
                }
            }
        }

        return sightings;
    }

    /// <summary>Every canary in bytes, such as a database file; in UTF-8 and in UTF-16.</summary>
    public static IReadOnlyList<CanarySighting> FindIn(byte[] bytes, string place = "bytes")
    {
        // Latin-1 keeps every byte as one character, so what is ASCII in the bytes is the same in the text.
        var text = Encoding.Latin1.GetString(bytes);
        var utf8 = FindIn(text, place);
        var utf16 = FindIn(text.Replace("\0", "", StringComparison.Ordinal), $"{place} (UTF-16)");
        return [.. utf8, .. utf16.ExceptBy(utf8.Select(sighting => (sighting.Label, sighting.How)), sighting => (sighting.Label, sighting.How))];
    }

    /// <summary>Every canary in what is left of a stream.</summary>
    public static IReadOnlyList<CanarySighting> FindIn(Stream stream, string place = "stream")
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return FindIn(copy.ToArray(), place);
    }

    /// <summary>Every canary in the files of a folder and below, in their names too.</summary>
    public static IReadOnlyList<CanarySighting> ScanFolder(string path)
    {
        var sightings = new List<CanarySighting>();
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            sightings.AddRange(FindIn(file, $"name of {file}"));
            // A lock is held by its owner alone, and nothing is in it.
            if (new FileInfo(file).Length == 0)
                continue;
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            sightings.AddRange(FindIn(stream, file));
        }

        return sightings;
    }

    private sealed class Canary
    {
        public Canary(string label, string secret)
        {
            Label = label;
            var bytes = Encoding.UTF8.GetBytes(secret);
            var percent = Uri.EscapeDataString(secret);
            Disguises =
            [
                ("raw", secret, false),
                .. percent == secret ? (IEnumerable<(string, string, bool)>)[] : [("percent-encoded", percent, true)],
                .. Enumerable.Range(0, 3).Select(offset => ("base64", Base64Core(bytes, offset), false)),
                .. Enumerable.Range(0, 3).Select(offset => ("base64", Base64Core(bytes, offset).Replace('+', '-').Replace('/', '_'), false)),
                ("hexadecimal", Convert.ToHexStringLower(bytes), true),
            ];
            Disguises = [.. Disguises.DistinctBy(disguise => disguise.Text)];
        }

        public string Label { get; }

        public IReadOnlyList<(string How, string Text, bool IgnoreCase)> Disguises { get; }

        // The characters of base64 that depend on the secret alone, when so many bytes stand before it in its group of three.
        private static string Base64Core(byte[] bytes, int offset)
        {
            var first = (3 - offset) % 3;
            var whole = (bytes.Length - first) / 3 * 3;
            return Convert.ToBase64String(bytes, first, whole);
        }
    }
}
