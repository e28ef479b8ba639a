using Recipes.Connections;

namespace Recipes.Connectors.Tests;

/// <summary>Each action of the catalogue makes a request from what its form asks for, and copes with an answer that has nothing of what it looks for.</summary>
public sealed class CatalogueActionTests : IAsyncLifetime
{
    private static readonly ConnectorCatalogue s_catalogue = ConnectorCatalogue.Load([]);
    private LoopbackApp _app = null!;

    public static TheoryData<string> Names => [.. ConnectorCatalogue.BuiltIn];

    public async Task InitializeAsync() => _app = await LoopbackApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_action_makes_a_request(string name)
    {
        var connector = s_catalogue.Find(name)!;
        var fields = connector.Profile.Schemes.SelectMany(connector.Profile.FieldsOf).Where(f => f.Kind != FieldKind.Secret).DistinctBy(f => f.Name)
            .ToDictionary(f => f.Name, f => f.Default ?? f.Example ?? "x");
        using var client = new LoopbackClient(_app, fields);
        _app.AnswersBy = (context, _) => context.Request.Method == "PROPFIND" ? "<multistatus/>" : "{}";

        foreach (var action in connector.Actions)
        {
            foreach (var inputs in new[] { action.Inputs.Where(i => i.Required), action.Inputs }.Select(Samples))
            {
                var result = await action.ExecuteAsync(client, inputs, CancellationToken.None);

                result.ShouldBeOfType<ActionResult.Succeeded>($"{action.Type}: {(result as ActionResult.Failed)?.Failure.Message}");
                _app.RequestLine!.ShouldNotContain("{{", customMessage: action.Type);
            }
        }
    }

    private static Dictionary<string, object?> Samples(IEnumerable<ActionInput> inputs) => inputs.ToDictionary(i => i.Name, object? (i) => i.Default ?? (i.Choices.Count > 0 ? i.Choices[0] : i.Type switch
    {
        ValueType.Number => 7L,
        ValueType.Boolean => true,
        ValueType.Object => new Dictionary<string, object?> { ["a"] = "b" },
        ValueType.List => new List<object?> { "a" },
        _ => i.Name == "path" ? "/x" : i.Example ?? "a b/ü",
    }));
}
