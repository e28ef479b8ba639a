using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage.Tests;

/// <summary>Things to store, with every member that can be set, set.</summary>
internal static class Some
{
    // As exact as PostgreSQL keeps a time.
    public static readonly DateTimeOffset At = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero).AddMicroseconds(123456);
    public static readonly TenantId OtherTenant = TenantId.Parse("other");
    public static readonly UserId Alice = UserId.Parse("alice");
    public static readonly UserId Bob = UserId.Parse("bob");

    public static Failure Failure { get; } = new()
    {
        Kind = FailureKind.InsufficientPermissions,
        Message = "The app said “no”.",
        Status = 403,
        ProviderCode = "insufficient_scope",
        ProviderWords = "<b>no</b>",
        RetryAt = At.AddHours(1),
        At = At,
    };

    public static ConnectionDefinition Definition(string key = "crm", TenantId? tenant = null) => new()
    {
        Id = new(Guid.CreateVersion7(At)),
        Tenant = tenant ?? TenantId.Default,
        Key = StableKey.Parse(key),
        DisplayName = "Sales CRM",
        Connector = "sandbox-crm",
        Scheme = "oauth2",
        Presets = new Dictionary<string, string> { ["host"] = "crm.example", ["region"] = "EU \"west\"" },
        Scopes = ["read", "write"],
        OAuthApp = new("client-1", [1, 2, 3]),
        RuntimeUser = RuntimeUserPolicy.Required,
        ClientFailure = Failure,
        CreatedAt = At,
    };

    public static ConnectionRecord Record(ConnectionDefinition definition, Owner? owner = null, bool isDefault = false, DateTimeOffset? at = null) => new()
    {
        Id = new(Guid.CreateVersion7(at ?? At)),
        Tenant = definition.Tenant,
        DefinitionId = definition.Id,
        Owner = owner ?? Owner.Organisation,
        DisplayName = "Alice's account",
        IsDefault = isDefault,
        State = ConnectionState.Connected,
        Fields = new Dictionary<string, string> { ["user"] = "alice", ["note"] = "ünïcode" },
        SealedCredential = [9, 8, 7],
        CredentialVersion = 4,
        AccountLabel = "alice@crm.example",
        GrantedScopes = ["read"],
        RequestedScopes = ["read", "write"],
        MissingScopes = ["write", "audit"],
        ExpiresAt = At.AddMinutes(10),
        Failure = Failure,
        LastSuccessAt = At.AddSeconds(1),
        SuspectSince = At.AddSeconds(2),
        Limitations = [new("read-forecast", At)],
        CreatedAt = at ?? At,
        UpdatedAt = at ?? At,
    };

    public static Connection Connection(ConnectionDefinition definition, Owner? owner = null, bool isDefault = false, DateTimeOffset? at = null) =>
        new(Record(definition, owner, isDefault, at));

    /// <summary>A definition that is stored already.</summary>
    public static async Task<ConnectionDefinition> StoredDefinitionAsync(TestHost host, string key = "crm", TenantId? tenant = null)
    {
        var definition = Definition(key, tenant);
        (await host.Connections.TryAddAsync(definition, default)).ShouldBeTrue();
        return definition;
    }

    /// <summary>A connection that is stored already, under a definition of its own.</summary>
    public static async Task<Connection> StoredAsync(TestHost host, string key = "crm")
    {
        var connection = Connection(await StoredDefinitionAsync(host, key));
        await host.Connections.AddAsync(connection, default);
        return connection;
    }

    public static AuthorizationFlow Flow(Connection connection, string state = "state", DateTimeOffset? expiresAt = null) => new(
        SHA256.HashData(Encoding.UTF8.GetBytes(state)), SHA256.HashData("cookie"u8), connection.Tenant, Alice, connection.DefinitionId, connection.Id,
        [5, 6], "https://crm.example", "https://recipes.example/oauth/callback/crm", ["read", "write"], expiresAt ?? At.AddMinutes(10));

    public static DeviceFlow DeviceFlow(Connection connection, DateTimeOffset? nextPollAt = null) => new()
    {
        Id = Guid.CreateVersion7(At),
        Tenant = connection.Tenant,
        User = Alice,
        ConnectionId = connection.Id,
        SealedDeviceCode = [7, 8],
        UserCode = "ABCD-EFGH",
        VerificationAddress = new("https://crm.example/device"),
        CompleteAddress = new("https://crm.example/device?user_code=ABCD-EFGH"),
        Scopes = ["read"],
        Interval = TimeSpan.FromSeconds(5),
        NextPollAt = nextPollAt ?? At.AddSeconds(5),
        StartedAt = At,
        ExpiresAt = At.AddMinutes(10),
    };

    public static Run Run(TenantId? tenant = null, string recipe = "create-opportunity", UserId? caller = null, UserId? runtimeUser = null, DateTimeOffset? at = null, RunStatus status = RunStatus.Faulted) => new()
    {
        Id = new(Guid.CreateVersion7(at ?? At)),
        Tenant = tenant ?? TenantId.Default,
        Recipe = recipe,
        RecipeVersion = "sha256:1",
        Status = status,
        Caller = caller ?? Alice,
        RuntimeUser = runtimeUser,
        Input = """{ "amount" : 1.50, "name": "A\u0042" }"""u8.ToArray(),
        Output = "{}"u8.ToArray(),
        Failure = new("It broke.", "create", recipe, FailureKind.RateLimited, "Try again."),
        Connections = [new(StableKey.Parse("crm"), new(Guid.CreateVersion7(At)), "Alice's account", Owner.Of(Alice), ConnectionChoice.RuntimeUser)],
        StartedAt = at ?? At,
        EndedAt = At.AddSeconds(3),
        Journal = [.. Enumerable.Range(0, 5).Select(i => Entry(recipe, i))],
    };

    public static TriggerState Trigger(string recipe) => new()
    {
        Id = new(Guid.CreateVersion7(At)),
        Tenant = TenantId.Default,
        Recipe = recipe,
        Activity = "start",
        Type = "Crm.NewThings",
        Key = StableKey.Parse("crm"),
        IsOn = true,
        By = Alice,
        SwitchedAt = At,
        Cursor = """{"after":"ünïcode"}""",
        NextAt = At.AddMinutes(5),
        LastResult = new(TriggerOutcome.Failed, "It did not answer.", At.AddMinutes(1), 3) { Kind = FailureKind.Unavailable },
        Failures = 2,
        Pause = new(TriggerPauseReason.Connection, "It has to be authorised again.", At.AddMinutes(2), "/connect/crm"),
        WaitsFor = new(Guid.CreateVersion7(At)),
        Registration = new(new(Guid.CreateVersion7(At)), "hook-1", """{"a":1}""", """{"events":["x"]}""", At, At.AddDays(30)),
        PathHash = SHA256.HashData(Encoding.UTF8.GetBytes(recipe)),
        SealedPath = [1, 2],
        SealedSecret = [3, 4],
        Version = 1,
    };

    /// <summary>A certificate that protects a key ring, in a folder.</summary>
    public static KeyRingOptions Certificate(TempFolder folder, string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(At, At.AddYears(50));
        var options = new KeyRingOptions { CertificatePath = folder.File($"{name}.pfx"), CertificatePasswordFile = folder.File("password") };
        File.WriteAllBytes(options.CertificatePath, certificate.Export(X509ContentType.Pkcs12, "correct horse"));
        File.WriteAllText(options.CertificatePasswordFile, "correct horse\n");
        return options;
    }

    private static JournalEntry Entry(string recipe, int index) => new()
    {
        Recipe = recipe,
        Depth = index % 2,
        ActivityId = $"activity-{index}",
        Step = $"step {index}",
        Type = "SandboxCrm.CreateOpportunity",
        StartedAt = At.AddMilliseconds(index),
        Duration = TimeSpan.FromTicks(12345 + index),
        Outcome = index == 4 ? "Failed" : "Done",
        Connection = index == 0 ? null : new(Guid.CreateVersion7(At)),
        ConnectionName = "Alice's account",
        ActingAs = "alice",
        RequestLine = "POST https://crm.example/api/opportunities",
        Status = 201,
        Failure = index == 4 ? Failure : null,
        Note = "wrote \"this\" – ok",
    };
}
