using Recipes.Connections;

namespace Recipes.Connectors.Tests;

/// <summary>Each trigger of the catalogue makes its requests from what its form asks for, and copes with an answer that has nothing of what it looks for.</summary>
public sealed class CatalogueTriggerTests : IAsyncLifetime
{
    private static readonly ConnectorCatalogue s_catalogue = ConnectorCatalogue.Load([]);
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private LoopbackApp _app = null!;

    public static TheoryData<string> Names => [.. s_catalogue.Connectors.Where(c => c.Triggers.Count > 1).Select(c => c.Profile.Name), "api-key"];

    public async Task InitializeAsync() => _app = await LoopbackApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public void There_are_triggers_for_many_apps_and_a_poll_for_all()
    {
        s_catalogue.Connectors.Count(c => c.Triggers.Count > 1).ShouldBeGreaterThanOrEqualTo(11);
        s_catalogue.Connectors.Select(c => c.Triggers[c.Triggers.Count - 1].Name).Distinct().ShouldBe(["NewRecords"]);
        s_catalogue.TriggerTypes.ShouldBeUnique();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_poll_asks_and_every_webhook_registers(string name)
    {
        var connector = s_catalogue.Find(name)!;
        var fields = connector.Profile.Schemes.SelectMany(connector.Profile.FieldsOf).Where(f => f.Kind != FieldKind.Secret).DistinctBy(f => f.Name).ToDictionary(f => f.Name, f => f.Default ?? f.Example ?? "x");
        using var client = new LoopbackClient(_app, fields);

        foreach (var trigger in connector.Triggers)
        {
            var inputs = trigger.Inputs.Where(i => i.Required || i.Default is not null).ToDictionary(i => i.Name, object? (i) => i.Default ?? (i.Name == "path" ? "/x" : i.Example ?? "a b"));
            if (trigger.Name == "NewRecords")
                inputs["recordsPath"] = "items";
            trigger.Description.ShouldNotBeNull();
            _app.Answers(trigger.Type.StartsWith("Github", StringComparison.Ordinal) && trigger is PollTrigger { Name: not "NewRecords" } ? "[]" : """{ "id": 1, "tag": "t", "webhook": { "id": 2 }, "webhook_subscription": { "id": "P1", "delivery_method": { "secret": "s" } } }""");
            switch (trigger)
            {
                case PollTrigger poll:
                    var page = (await poll.PollAsync(client, inputs, null, FirstPoll.Now, s_now, CancellationToken.None)).ShouldBeOfType<PollAnswer.Page>(trigger.Type);
                    (await poll.PollAsync(client, inputs, page.Cursor, FirstPoll.Now, s_now, CancellationToken.None)).ShouldBeOfType<PollAnswer.Page>(trigger.Type).HasMore.ShouldBeFalse();
                    break;
                case WebhookTrigger { Registers: true } hook:
                    var registered = (await hook.RegisterAsync(client, inputs, new("https://recipes.example/h"), hook.SecretOrigin == WebhookSecretOrigin.Ours ? hook.CreateSecret() : null, s_now, CancellationToken.None))
                        .ShouldBeOfType<RegistrationAnswer.Registered>(trigger.Type);
                    Uri.UnescapeDataString(_app.RequestBody!).ShouldContain("https://recipes.example/h");
                    _app.RequestLine!.ShouldNotContain("recipes.example");
                    (await hook.UnregisterAsync(client, inputs, registered.Registration, s_now, CancellationToken.None)).ShouldBeNull();
                    _app.RequestLine.ShouldStartWith("DELETE ");
                    break;
                default:
                    ((WebhookTrigger)trigger).Setup.ShouldNotBeNull();
                    break;
            }

            _app.RequestLine?.ShouldNotContain("{{", customMessage: trigger.Type);
        }
    }
}
