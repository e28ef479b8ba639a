namespace Recipes.Engine;

/// <summary>How much data one run holds, nested calls included, and how much it may.</summary>
/// <param name="most">In bytes, as <see cref="DataSize.Of"/> counts them.</param>
internal sealed class DataBudget(long most)
{
    public long Used { get; private set; }

    /// <summary>Counts what there is already, or what is gone.</summary>
    public void Count(long size) => Used += size;

    /// <summary>Counts what is about to be kept.</summary>
    /// <exception cref="StepException">When that would be too much.</exception>
    public void Take(long size)
    {
        if (size > 0 && Used + size > most)
            throw new StepException($"The run would hold {DataSize.Print(Used + size)} of data (inputs, variables and what its steps left); it may hold {DataSize.Print(most)}.");
        Used += size;
    }
}
