namespace Recipes.Engine;

/// <summary>What becomes of times of a schedule that passed while nobody could start a run.</summary>
public enum MisfireRule
{
    /// <summary>One run, for the last of them.</summary>
    Once,
    /// <summary>One run for each, the last 100 at most.</summary>
    All,
    /// <summary>None.</summary>
    Skip,
}
