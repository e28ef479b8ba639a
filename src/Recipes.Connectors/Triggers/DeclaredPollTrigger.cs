using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>A poll as a connector file declares it.</summary>
internal sealed class DeclaredPollTrigger(
    string type, string displayName, string? description, ConnectorProfile connector, IReadOnlyList<string> scopes, IReadOnlyList<ActionInput> inputs,
    TimeSpan every, FirstPoll first, RequestTemplate request, PollRules rules) : HttpPollTrigger
{
    /// <summary>What templates of its request may read.</summary>
    public static TemplateScope Scope { get; } = new("input", "fields", "cursor");

    public override string Type => type;
    public override string DisplayName => displayName;
    public override string? Description => description;
    public override ConnectorProfile Connector => connector;
    public override IReadOnlyList<string> Scopes => scopes;
    public override IReadOnlyList<ActionInput> Inputs => inputs;
    public override IReadOnlyList<ActionOutput> Outputs => rules.Records.Outputs;
    public override TimeSpan Every => every;
    public override FirstPoll First => first;

    protected override PollRules RulesOf(IReadOnlyDictionary<string, object?> inputs) => rules;

    protected override HttpRequestMessage Build(ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, object? cursor, NextPage? page)
    {
        var data = new Dictionary<string, object?> { ["input"] = inputs, ["fields"] = client.Fields };
        if (cursor is not null)
            data["cursor"] = cursor;
        return request.Build(data, page);
    }
}
