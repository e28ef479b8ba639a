using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine.Tests;

/// <summary>A poll whose answers the test decides.</summary>
internal sealed class FakePoll(string type, ConnectorProfile connector) : PollTrigger
{
    public override string Type => type;
    public override string DisplayName => "New things";
    public override string? Description => null;
    public override ConnectorProfile Connector => connector;
    public override IReadOnlyList<ActionInput> Inputs => [new() { Name = "kind", Label = "Kind", Required = true }];
    public override IReadOnlyList<ActionOutput> Outputs => [new("id", "Id", Connectors.ValueType.Text), new("amount", "Amount", Connectors.ValueType.Number)];
    public override IReadOnlyList<string> Scopes => ["things.read"];
    public override TimeSpan Every => TimeSpan.FromMinutes(5);

    public Func<IReadOnlyDictionary<string, object?>, string?, FirstPoll, DateTimeOffset, PollAnswer> Answer { get; set; } = (_, _, _, _) => throw new NotSupportedException();

    public override ValueTask<PollAnswer> PollAsync(
        ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, string? cursor, FirstPoll first, DateTimeOffset now, CancellationToken cancellationToken) => ValueTask.FromResult(Answer(inputs, cursor, first, now));
}
