using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Recipes.Connections;
using Recipes.Testing;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests;

/// <summary>One trigger of the recipe <c>it</c>, at a clock of the test's own.</summary>
internal sealed class TriggerBench : IDisposable, IHookAddress
{
    private readonly TriggerVault _vault = new(new EphemeralDataProtectionProvider());
    private RecipesEngineOptions _options = null!;

    public TriggerBench(string type = "Crm.NewThings")
    {
        Kitchen = new Kitchen(time: Clock, configure: o => _options = o).With("it", Definition(Sequence(Activity("start", "Recipes.Schedule", ("cron", Literal("0 6 * * *"))), Say("a", "x"))));
        var id = new TriggerId(Guid.CreateVersion7(Clock.GetUtcNow()));
        Store = new(new()
        {
            Id = id,
            Tenant = TenantId.Default,
            Recipe = "it",
            Activity = "start",
            Type = type,
            IsOn = true,
            By = Operator.User,
            SwitchedAt = Clock.GetUtcNow(),
            SealedPath = _vault.Seal(TenantId.Default, id, new("path")),
        });
        HandOver = new(Kitchen.Caller, Clock);
        Registrations = new(Kitchen.Clients, Kitchen.Actions, _vault, this, Clock, NullLogger<HookRegistrations>.Instance);
    }

    public static Caller Operator { get; } = new(TenantId.Default, UserId.Parse("operator"), TriggerReadiness.Needed);

    public TestClock Clock { get; } = new();
    public Kitchen Kitchen { get; }
    public MemoryTriggers Store { get; }
    public RecordHandOver HandOver { get; }
    public HookRegistrations Registrations { get; }
    public int Runs => Kitchen.Runs.All.Count;

    /// <summary>Whether there is too much to do.</summary>
    public bool IsBusy { set => _options.LongestQueue = value ? 0 : 1000; }

    public TriggerTurn Turn() => new(Store, Store.Trigger, Guid.NewGuid(), Clock);

    public Uri Of(string path) => new($"http://localhost/hooks/{path}");

    public void Dispose() => Kitchen.Dispose();
}
