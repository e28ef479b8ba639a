using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Where one execution of an activity stands.</summary>
internal enum StepState
{
    Running,

    /// <summary>It waits for a time, or for its connection.</summary>
    Suspended,
    Completed,

    /// <summary>It failed, whether or not the recipe goes on by its Failed outcome.</summary>
    Faulted,
    Canceled,
}

/// <summary>What went wrong in a step.</summary>
/// <param name="Kind">For a failed request, its kind.</param>
/// <param name="Guidance">What to do about it.</param>
internal sealed record StepTrouble(string Message, FailureKind? Kind, string? Guidance);

/// <summary>One execution of an activity in a run.</summary>
internal sealed class StepExecution
{
    public required Guid Run { get; init; }

    /// <summary>Its place in the journal, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>Names it: run and place.</summary>
    public string Id => $"{Run}-{Number}";
    public required string Recipe { get; init; }

    /// <summary>0 in the recipe that was called.</summary>
    public required int Depth { get; init; }
    public required string ActivityId { get; init; }
    public required string Step { get; init; }
    public required string Type { get; init; }

    /// <summary>Place in the recipe that was called: for a step of another recipe, that of the step which called it.</summary>
    public required RecipeNode Node { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null as long as it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }
    public StepState State { get; set; }

    /// <summary>The outcome that was taken; null for none.</summary>
    public string? Outcome { get; init; }

    /// <summary>What the journal says of it; null for a step that is under way.</summary>
    public JournalEntry? Entry { get; init; }
    public int Tries { get; init; } = 1;
    public StepTrouble? Trouble { get; set; }

    /// <summary>Since when it waits.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>What it has left, as plain data, where that is kept.</summary>
    public IReadOnlyDictionary<string, object?>? Outputs { get; set; }

    /// <summary>For a step of another recipe, the one that called it.</summary>
    public StepExecution? Caller { get; init; }

    /// <summary>The steps of the recipe that it called, in order, without those of recipes which that one called.</summary>
    public List<StepExecution> Called { get; } = [];

    /// <summary>Reads <see cref="Id"/>.</summary>
    public static bool TryParse(string? id, out Guid run, out int number)
    {
        (run, number) = (default, -1);
        return id?.LastIndexOf('-') is { } dash and > 0 && Guid.TryParseExact(id[..dash], "D", out run)
            && int.TryParse(id[(dash + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number);
    }
}
