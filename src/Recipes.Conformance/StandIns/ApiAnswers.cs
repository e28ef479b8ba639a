using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>What the API of a stand-in answers: bodies that hold what the probe and the follow-up calls look for, and a refusal in the app's own words.</summary>
internal sealed class ApiAnswers(StandIn standIn)
{
    public const string AccountLabel = "kit-account";

    /// <summary>What a wrong credential gets.</summary>
    public StandInReply Refusal => RuleReplies.Meaning(FailureKind.ModifiedCredentials, standIn.Connector.Errors, Plain401) ?? Plain401;

    /// <summary>What an account gets that may not do something.</summary>
    public StandInReply? Forbidden => RuleReplies.Meaning(FailureKind.InsufficientPermissions, standIn.Connector.Errors, StandInReply.Error(403, "forbidden", "this account may not do that"));

    public static StandInReply Plain401 => StandInReply.Error(401, "unauthorized", "the credential is not accepted");

    /// <summary>Whether a follow-up call leads there, on whatever host.</summary>
    public bool Knows(ReceivedRequest request) => standIn.Scheme.AfterConnect.Any(f => Leads(f.Address, request));

    public StandInReply Success(ReceivedRequest request)
    {
        var members = new List<KeyValuePair<string, JsonNode?>>();
        if (standIn.Connector.ProbeOf(standIn.Scheme) is { AccountLabel: { } label } probe && Leads(probe.Path, request))
            members.Add(new(label, AccountLabel));
        foreach (var call in standIn.Scheme.AfterConnect.Where(f => Leads(f.Address, request)))
        {
            if (call.AccountLabel is not null)
                members.Add(new(call.AccountLabel, AccountLabel));
            members.AddRange(call.Captures.Select(c => KeyValuePair.Create(c.Path, JsonShape.Literal(standIn.SampleOf(c)))));
        }

        return RuleReplies.Success(standIn.Connector.Errors, members);
    }

    private bool Leads(FieldTemplate address, ReceivedRequest request)
    {
        if (address.RenderOrNull(standIn.Fields) is not { } text)
            return false;
        var meant = Uri.TryCreate(text, UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https" ? absolute : new Uri(standIn.BaseAddress, text.TrimStart('/'));
        if (request.RawPath == meant.AbsolutePath)
            return true;
        // A piece that the scheme puts into the path may stand before.
        var below = standIn.BaseAddress.AbsolutePath;
        return standIn.PutsIntoPath && meant.AbsolutePath.StartsWith(below, StringComparison.Ordinal) && request.RawPath.EndsWith($"/{meant.AbsolutePath[below.Length..]}", StringComparison.Ordinal);
    }
}
