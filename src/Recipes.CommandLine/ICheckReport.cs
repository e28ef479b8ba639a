using Recipes.Conformance;

namespace Recipes.CommandLine;

/// <summary>How a check is told: to people or to programs.</summary>
internal interface ICheckReport
{
    /// <param name="work">Calls back whenever a file is done, from several threads.</param>
    Task WhileCheckingAsync(int files, Func<Action<ConnectorReport>, Task> work);

    void Finish(IReadOnlyList<ConnectorReport> reports, TimeSpan took);
}
