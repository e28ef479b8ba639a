using System.Text.RegularExpressions;

namespace Recipes.Conformance;

/// <summary>An app that takes tokens which the account signs itself.</summary>
internal sealed class JwtStandIn(ConnectorProfile connector, JwtScheme scheme, SampleAccount account, TimeProvider time) : StandIn(connector, scheme, account, time)
{
    public override TimeSpan? TokenLife => scheme.Token.Lifetime;

    protected override IEnumerable<WireFault> CheckCredential(ReceivedRequest request)
    {
        var own = scheme.Apply?.Reads("tokens") != true;
        var place = own ? request.Header("Authorization") is { } header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header[7..] : "" : $"{request.Target} {string.Join(' ', request.Headers.Values)} {request.Text}";
        var token = Regex.Match(place, "[\\w-]{10,}\\.[\\w-]{10,}\\.[\\w-]{10,}", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;
        if (token.Length == 0)
        {
            yield return new(own ? "the header Authorization: Bearer <signed token>" : "a signed token where 'apply' says", "none came", "Look at 'apply'.");
            yield break;
        }

        HandOut(token);
        foreach (var fault in AssertionCheck.Check(scheme.Token, token, scheme.Token.KeyField is { } key ? Account.Secrets.GetValueOrDefault(key) ?? "" : "", Scope(request)))
            yield return fault;
        foreach (var fault in CheckApply(request, new Dictionary<string, string> { ["accessToken"] = token }))
            yield return fault;
    }
}
