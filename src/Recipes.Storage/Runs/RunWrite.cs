using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>One thing to write of a run.</summary>
internal abstract record RunWrite
{
    private RunWrite() { }

    public sealed record Save(Run Run) : RunWrite;

    public sealed record Start(RunStart What) : RunWrite;

    public sealed record Step(RunStep What) : RunWrite;

    public sealed record End(Run Run, Guid Claim, ReadOnlyMemory<byte> State) : RunWrite;
}
