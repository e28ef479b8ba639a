using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine.Tests;

/// <summary>A webhook that counts what the app is told.</summary>
internal sealed class FakeHook(Action registering) : WebhookTrigger
{
    public int Registered { get; private set; }
    public int Removed { get; private set; }
    public override string Type => "Crm.ThingTold";
    public override string DisplayName => "Thing told";
    public override string? Description => null;
    public override ConnectorProfile Connector { get; } = new() { Name = "crm", DisplayName = "crm", BaseAddress = FieldTemplate.Parse("http://localhost/"), Schemes = [] };
    public override IReadOnlyList<ActionInput> Inputs => [];
    public override IReadOnlyList<ActionOutput> Outputs => [];
    public override bool Registers => true;
    public override WebhookSecretOrigin SecretOrigin => WebhookSecretOrigin.None;
    public override string SecretLabel => "secret";
    public override string? Setup => null;

    public override string CreateSecret() => throw new NotSupportedException();

    public override ValueTask<RegistrationAnswer> RegisterAsync(
        ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, Uri address, string? secret, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Registered++;
        registering();
        return ValueTask.FromResult<RegistrationAnswer>(new RegistrationAnswer.Registered(new($"hook-{Registered}", new Dictionary<string, object?>()), null, null));
    }

    public override ValueTask<Failure?> UnregisterAsync(
        ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, WebhookRegistration registration, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Removed++;
        return ValueTask.FromResult<Failure?>(null);
    }

    public override WebhookVerdict Read(WebhookMessage message, IReadOnlyDictionary<string, object?> inputs, string? secret, DateTimeOffset now) => throw new NotSupportedException();
}
