namespace Recipes.Engine;

/// <summary>A run under way here.</summary>
internal sealed class RunCourse(Run run, RunMachine machine, RunContext context)
{
    public Run Run => run;
    public RunMachine Machine => machine;
    public RunContext Context => context;

    /// <summary>Null as long as nothing is stored.</summary>
    public Guid? Claim { get; set; }

    /// <summary>Whether the run counts as ended until its next step is stored.</summary>
    public bool IsReopened { get; set; }

    /// <summary>Entries of the journal that are stored.</summary>
    public int Stored { get; set; }
}
