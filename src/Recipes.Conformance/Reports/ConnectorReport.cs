using System.Text.Json.Serialization;

namespace Recipes.Conformance;

/// <summary>What came of one case.</summary>
/// <param name="Name">A sentence: what was tried.</param>
/// <param name="Problems">None when it passed.</param>
public sealed record CaseResult(CaseKind Kind, string Name, IReadOnlyList<Problem> Problems)
{
    public bool Passed => Problems.Count == 0;
}

/// <summary>What came of the cases of one scheme, or of one webhook.</summary>
/// <param name="Scheme">Its name.</param>
/// <param name="Type"><c>webhook</c>, or the type of the scheme.</param>
/// <param name="Skipped">Why nothing was tried; null when it was.</param>
public sealed record SchemeReport(string Scheme, string Type, IReadOnlyList<CaseResult> Cases, string? Skipped = null)
{
    public bool Passed => Cases.All(c => c.Passed);

    /// <summary>How many cases were left out because what they build on did not work.</summary>
    public int Untried { get; init; }
}

/// <summary>What came of checking one connector file.</summary>
/// <param name="File">As it was given.</param>
/// <param name="Connector">Its name; null when the file could not be read as far as that.</param>
/// <param name="Faults">What is wrong with the text, as file:line:column: reason; then nothing else was tried.</param>
/// <param name="Notes">What is worth knowing although nothing is wrong.</param>
public sealed record ConnectorReport(
    string File, string? Connector, IReadOnlyList<string> Faults, IReadOnlyList<SchemeReport> Schemes, IReadOnlyList<string> Notes)
{
    public bool Passed => Faults.Count == 0 && Schemes.All(s => s.Passed);

    /// <summary>How long it took.</summary>
    [JsonIgnore]
    public TimeSpan Took { get; init; }
}
