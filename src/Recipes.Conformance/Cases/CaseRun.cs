using System.Diagnostics.CodeAnalysis;

namespace Recipes.Conformance;

/// <summary>One case while it is tried: what it uses, and what it finds.</summary>
internal sealed class CaseRun(Workbench bench, bool mayConnect)
{
    public const string ReportIt = "Nothing in the file explains this: it is a fault of Recipes, please report it.";

    private readonly int _from = bench.Exchanges.Count;
    private readonly List<Problem> _problems = [];

    public Workbench Bench => bench;

    /// <summary>Whether connecting has worked before.</summary>
    public bool MayConnect => mayConnect;

    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>What went over the wire in this case.</summary>
    public IReadOnlyList<Exchange> Exchanges => [.. bench.Exchanges.Skip(_from)];

    public int CountAt(Door door) => Exchanges.Count(e => e.Door == door);

    /// <summary>Connects an account that the stand-in accepts; ends the case when that fails, which cases of their own look into.</summary>
    public async Task<ConnectionId> ConnectAsync()
    {
        var id = await bench.ConnectAsync();
        bench.StandIn.TakeFaults();
        return id;
    }

    /// <summary>Notes what is not as declared on the wire.</summary>
    public void ExpectWire()
    {
        foreach (var fault in bench.StandIn.TakeFaults())
            _problems.Add(new(Redact(fault.Sent ?? Last?.Request.Line), fault.Sent is null || fault.Sent == Last?.Request.Line ? Redact(Answered) : null, Redact(fault.Expected), Redact(fault.Seen), fault.Mend));
    }

    public void Expect(bool met, string expected, string seen, string mend)
    {
        if (!met)
            Fail(expected, seen, mend);
    }

    /// <summary>The kind of a failure; null means success.</summary>
    public void ExpectKind(Failure? failure, params FailureKind?[] allowed) =>
        Expect(allowed.Contains(failure?.Kind), $"{string.Join(" or ", allowed.Select(Name))}", failure is null ? Name(null) : $"{Name(failure.Kind)} ({failure.Message})", WhyMend());

    /// <summary>The state of a connection, and whether it is red.</summary>
    public async Task ExpectStateAsync(ConnectionId id, ConnectionState state, bool? red = null)
    {
        var connection = await bench.ReadAsync(id);
        Expect(connection.State == state, $"the connection is {state}", $"it is {connection.State}", WhyMend());
        if (red is { } expected)
            Expect(connection.Health == Health.Red == expected, expected ? "its health is red" : "its health is not red", $"it is {connection.Health}", WhyMend());
    }

    public void Fail(string expected, string seen, string mend) => _problems.Add(new(Redact(Last?.Request.Line), Redact(Answered), Redact(expected), Redact(seen), mend));

    // Made up as they are: whoever reads a report should not have to wonder.
    [return: NotNullIfNotNull(nameof(text))]
    private string? Redact(string? text) => text is null ? null : bench.Secrets.Aggregate(text, (t, secret) => t.Replace(secret, "***", StringComparison.Ordinal).Replace(Uri.EscapeDataString(secret), "***", StringComparison.Ordinal));

    private Exchange? Last => Exchanges.Count > 0 ? Exchanges[^1] : null;

    private string? Answered => Last is null ? null : Last.Reply?.Words ?? "nothing";

    // What an error rule decided is for whoever wrote it to put right.
    private string WhyMend()
    {
        var rules = bench.Connector.Errors;
        return Last is { Door: Door.Api, Reply: { } reply } && RuleReading.Deciding(rules, reply) is >= 0 and var index
            ? $"Error rule {index + 1} ({RuleReading.Words(rules[index])}) decides here: narrow it by a header, bodyPath or pattern, or take it out."
            : ReportIt;
    }

    private static string Name(FailureKind? kind) => kind is { } known ? RuleReading.Name(known) : "success";
}
