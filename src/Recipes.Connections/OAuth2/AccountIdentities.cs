using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Finds out which account a new credential belongs to, before it takes the place of the one there is.</summary>
/// <remarks>Source: OpenID Connect Core §2 (sub) and §5.3 (userinfo); else the path that the connector's probe declares.</remarks>
internal sealed class AccountIdentities(SnapshotLoader loader, OAuth2Endpoints endpoints, EgressGuard guard, TimeProvider time)
{
    private const int LargestReply = 1024 * 1024;
    private const int LongestId = 200;

    /// <returns>The account's own id, with where it is known from in front: <c>sub-1f0e2d3c:42</c>, <c>probe:42</c>. Null when it cannot be known: nothing is refused for that.</returns>
    /// <param name="candidate">The connection as it would be with the new credential; it is not stored.</param>
    /// <param name="client">Id of the OAuth client that it is authorised with; null where there is none.</param>
    /// <param name="reply">The reply that brought the tokens; null where there was none.</param>
    public async Task<string?> FindAsync(Connection candidate, string? client = null, TokenReplyDocument? reply = null)
    {
        if (Fit(reply?.FindClaim("sub")) is { } subject)
            return $"{SubjectAt(client)}:{subject}";
        try
        {
            var seen = await loader.LoadAsync(candidate, CancellationToken.None);
            // What only a call after connecting brings may be what the probe needs.
            if (seen is not { Fault: null, Authenticator: not null, NeedsToken: false } || FollowUps.AreMissing(seen))
                return null;
            if (seen.Connector.ProbeOf(seen.Scheme) is { AccountId: { } path } probe)
            {
                var address = new Uri(seen.BaseAddress, probe.Path.Render(seen.Fields).TrimStart('/'));
                // A credential goes nowhere but where it belongs.
                var isOwn = Uri.Compare(address, seen.BaseAddress, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
                return isOwn ? OfProbe(await AskAsync(seen, probe.Method, address, path, probe.Body), seen) : null;
            }

            // Userinfo is only for tokens of OpenID Connect: §5.3.
            return seen.Scheme is OAuth2Scheme scheme && seen.Credential?.Tokens is { Scopes: var scopes } && scopes?.Contains("openid") != false && await endpoints.UserInfoAsync(scheme, seen.Fields, CancellationToken.None) is { } userInfo
                && await AskAsync(seen, HttpMethod.Get, userInfo, "sub", null) is { } told
                    ? $"{SubjectAt(client)}:{told}"
                    : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or FormatException or JsonException or InvalidOperationException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The id that a probe told; null when there is none that fits.</summary>
    /// <param name="seen">What it was asked with: an id that holds a secret of it is none, for ids are kept in plain text.</param>
    public static string? OfProbe(string? told, ConnectionSnapshot seen) => Fit(told) is { } own && seen.Redactor.Redact(own) == own ? $"probe:{own}" : null;

    /// <summary>Whether two ids tell of different accounts: ids that are known from different places cannot be compared.</summary>
    public static bool Differ(string? one, string? other) =>
        one is not null && other is not null && one != other && one.AsSpan(0, one.IndexOf(':')).SequenceEqual(other.AsSpan(0, other.IndexOf(':')));

    /// <summary>Why a consent is not taken.</summary>
    public static Failure OtherAccount(ConnectorProfile connector, ConnectionRecord held, DateTimeOffset at) => new()
    {
        Kind = FailureKind.Misconfigured,
        Message = $"This is another account of {connector.DisplayName} than the one that the connection '{held.DisplayName}' belongs to{(held.AccountLabel is { } label ? $" ({label})" : "")}. Nothing was changed. To take it in its place, say so when you authorise again.",
        At = at,
    };

    private async Task<string?> AskAsync(ConnectionSnapshot seen, HttpMethod method, Uri address, string path, string? body)
    {
        if (guard.Check(address) is not null)
            return null;
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "Recipes");
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var timeout = new CancellationTokenSource(guard.Timeout, time);
        using var response = await SnapshotRequest.SendAsync(seen, request, timeout.Token);
        if (!response.IsSuccessStatusCode)
            return null;
        await response.Content.LoadIntoBufferAsync(LargestReply, timeout.Token);
        using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(timeout.Token));
        return Fit(TokenReplyDocument.TextAt(json.RootElement, path));
    }

    // A provider may give an account another subject for each client (OpenID Connect Core §8): those of two clients cannot be compared.
    private static string SubjectAt(string? client) => client is null ? "sub" : $"sub-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(client)).AsSpan(0, 4))}";

    private static string? Fit(string? id) => id is { Length: > 0 and <= LongestId } && !id.Any(char.IsControl) ? id : null;
}
