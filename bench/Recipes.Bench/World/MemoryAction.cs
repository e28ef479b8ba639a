using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Bench;

/// <summary>An action that asks nobody, so that a step costs what the engine and the store make of it.</summary>
internal sealed class MemoryAction(ConnectorProfile connector) : ConnectorAction
{
    public const string Name = "Bench.Note";

    private static readonly Dictionary<string, object?> s_output = new() { ["number"] = 1L };
    private static int s_begun;

    /// <summary>Whether it never answers.</summary>
    public static bool Hangs { get; set; }

    /// <summary>How often it was begun.</summary>
    public static int Begun => Volatile.Read(ref s_begun);

    public override string Type => Name;
    public override string DisplayName => "Note";
    public override string? Description => null;
    public override ConnectorProfile Connector => connector;
    public override IReadOnlyList<ActionInput> Inputs { get; } = [new() { Name = "text", Label = "Text" }];
    public override IReadOnlyList<ActionOutput> Outputs { get; } = [new("number", "Number", Connectors.ValueType.Number)];

    public override bool MayRepeat(IReadOnlyDictionary<string, object?> inputs) => true;

    public override async ValueTask<ActionResult> ExecuteAsync(ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, CancellationToken cancellationToken, string? idempotencyKey = null)
    {
        Interlocked.Increment(ref s_begun);
        if (Hangs)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        return new ActionResult.Succeeded(s_output, "PUT /notes/1", 200);
    }
}
