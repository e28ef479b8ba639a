namespace Recipes.Conformance;

/// <summary>One thing that is tried with a scheme.</summary>
/// <param name="Name">A sentence.</param>
/// <param name="Needs">What has to work before it makes sense.</param>
internal sealed record ConformanceCase(CaseKind Kind, string Name, Func<CaseRun, Task> Run, CaseNeeds Needs = CaseNeeds.Connection);

/// <summary>What has to work before a case makes sense; each step needs the one before.</summary>
internal enum CaseNeeds
{
    Nothing,
    Connection,
    Probe,
}
