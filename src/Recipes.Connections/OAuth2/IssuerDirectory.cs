using System.Collections.Concurrent;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Finds what issuers publish about themselves, and keeps it for a while. All who ask for the same issuer meanwhile share one look.</summary>
/// <remarks>Source: RFC 8414 §3 (both places of the document), OpenID Connect Discovery §4.</remarks>
internal sealed class IssuerDirectory(EgressGuard guard, TimeProvider time)
{
    private const int LargestDocument = 256 * 1024;
    private const int MostIssuers = 500;

    /// <summary>How long a document is used.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromHours(1);

    /// <summary>How long a failure is not tried again.</summary>
    public static readonly TimeSpan FailureFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);

    /// <param name="issuer">Exactly as the document has to name it.</param>
    /// <returns>The metadata, or why there is none.</returns>
    public async Task<(IssuerMetadata? Metadata, Failure? Failure)> FindAsync(string issuer, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_known.Count >= MostIssuers && !_known.ContainsKey(issuer))
                MakeRoom();
            var entry = _known.GetOrAdd(issuer, static (key, self) => new Entry(new(() => self.LookAsync(key))), this);
            Found found;
            try
            {
                found = await entry.Look.Value.WaitAsync(cancellationToken);
            }
            catch when (!cancellationToken.IsCancellationRequested)
            {
                _known.TryRemove(KeyValuePair.Create(issuer, entry));
                throw;
            }

            if (time.GetUtcNow() < found.Until)
                return (found.Metadata, found.Failure);
            _known.TryRemove(KeyValuePair.Create(issuer, entry));
        }
    }

    private void MakeRoom()
    {
        foreach (var (issuer, entry) in _known.Where(k => k.Value.Look is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }).OrderBy(k => k.Value.Look.Value.Result.Until).Take(MostIssuers / 10).ToArray())
            _known.TryRemove(KeyValuePair.Create(issuer, entry));
    }

    private async Task<Found> LookAsync(string issuer)
    {
        await Task.Yield();
        var (metadata, failure) = await TryBothPlacesAsync(issuer);
        return new(metadata, failure, time.GetUtcNow() + (failure is null ? FreshFor : FailureFor));
    }

    private async Task<(IssuerMetadata?, Failure?)> TryBothPlacesAsync(string issuer)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var address) || address.Query.Length > 0 || address.Fragment.Length > 0)
            return (null, Misconfigured("The issuer is no absolute address without query and fragment."));
        if (guard.Check(address) is { } wrong)
            return (null, Misconfigured($"The issuer {wrong}."));
        // A path with two slashes at its start would be read as a host.
        if (address.AbsolutePath.StartsWith("//", StringComparison.Ordinal))
            return (null, Misconfigured("The issuer has two slashes after its host."));
        var path = address.AbsolutePath.TrimEnd('/');
        Failure? seen = null;
        foreach (var place in new Uri[] { new(address, $"/.well-known/oauth-authorization-server{path}"), new(address, $"{path}/.well-known/openid-configuration") })
        {
            var (metadata, failure) = await GetAsync(place, issuer);
            if (metadata is not null)
                return (metadata, null);
            // A document that was found and is wrong says more than one that is not there; an outage more than either.
            seen = seen is null || failure!.Status is null or (not 404 and not 200) || (seen.Status == 404 && failure.Status == 200) ? failure : seen;
        }

        return (null, seen);
    }

    private async Task<(IssuerMetadata?, Failure?)> GetAsync(Uri place, string issuer)
    {
        var what = $"The issuer {place.IdnHost}";
        using var request = new HttpRequestMessage(HttpMethod.Get, place);
        request.Headers.Accept.ParseAdd("application/json");
        using var timeout = new CancellationTokenSource(guard.Timeout, time);
        try
        {
            using var response = await guard.Invoker.SendAsync(request, timeout.Token);
            var status = (int)response.StatusCode;
            if (status != 200)
            {
                return (null, new Failure
                {
                    Kind = status is 408 or 425 or 429 or >= 500 ? FailureKind.Unavailable : FailureKind.Misconfigured,
                    Message = $"{what} answered {status} when it was asked for its metadata.",
                    Status = status,
                    At = time.GetUtcNow(),
                });
            }

            await response.Content.LoadIntoBufferAsync(LargestDocument, timeout.Token);
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(timeout.Token));
            var metadata = IssuerMetadata.Read(document.RootElement);
            // Whoever answers for another issuer may be an attacker's: RFC 8414 §3.3.
            return string.Equals(metadata.Issuer, issuer, StringComparison.Ordinal)
                ? (metadata, null)
                : (null, Misconfigured($"The metadata found under '{issuer}' belongs to another issuer, '{Shorten(metadata.Issuer)}'. The address of the issuer has to be written exactly as there.") with { Status = status });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, Misconfigured($"{what} answered 200 with something that is no metadata.") with { Status = 200 });
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or OperationCanceledException)
        {
            return (null, FailureClassifier.FromException(e, what, time.GetUtcNow()));
        }
    }

    private Failure Misconfigured(string message) => new() { Kind = FailureKind.Misconfigured, Message = message, At = time.GetUtcNow() };

    private static string Shorten(string text) => new([.. text.Where(c => !char.IsControl(c)).Take(200)]);

    private sealed record Found(IssuerMetadata? Metadata, Failure? Failure, DateTimeOffset Until);

    private sealed class Entry(Lazy<Task<Found>> look)
    {
        public Lazy<Task<Found>> Look => look;
    }
}
