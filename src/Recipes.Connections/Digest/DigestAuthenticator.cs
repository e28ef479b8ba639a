using System.Net;

namespace Recipes.Connections;

/// <summary>Answers the challenge that came last, for as many requests as the app lets it; the first request goes out bare and brings one.</summary>
internal sealed class DigestAuthenticator(string username, string password) : RequestAuthenticator
{
    // A request that was sent with an answer and is refused was refused for its password, unless the app says otherwise.
    private static readonly HttpRequestOptionsKey<bool> s_answered = new("Recipes.Digest.Answered");

    private volatile DigestChallenge? _challenge;

    public override bool SignsRequest => true;

    public override async ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var challenge = _challenge;
        request.Options.Set(s_answered, challenge is not null);
        if (challenge is null)
            return;
        var body = challenge.Qop == "auth-int" && request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : [];
        request.Headers.Authorization = challenge.Answer(username, request.Method.Method, request.RequestUri!.PathAndQuery, body);
    }

    public override void Withdraw(HttpRequestMessage request) => request.Headers.Authorization = null;

    public override bool TakeChallenge(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.Unauthorized || DigestChallenge.From(response, username, password) is not { } challenge)
            return false;
        var wasAnswered = response.RequestMessage is { } request && request.Options.TryGetValue(s_answered, out var answered) && answered;
        _challenge = challenge;
        // An answer with a wrong password is not sent twice: apps count those.
        return !wasAnswered || challenge.IsStale;
    }

    public override void Answered(HttpResponseMessage response)
    {
        if (_challenge is { } challenge && response.Headers.TryGetValues("Authentication-Info", out var values)
            && ChallengeParameters.Read(values.First()).GetValueOrDefault("nextnonce") is { Length: > 0 } next && next != challenge.Nonce)
        {
            _challenge = challenge.With(next);
        }
    }
}
