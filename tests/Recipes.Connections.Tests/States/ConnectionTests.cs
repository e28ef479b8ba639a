namespace Recipes.Connections.Tests;

public sealed class ConnectionTests
{
    private static readonly DateTimeOffset s_at = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TokenSet s_tokens = new(new("access-token"), new("refresh-token"), null, null, null);

    [Fact]
    public void No_sequence_of_events_brings_a_dead_grant_back_without_consent()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 1_000; round++)
        {
            var connection = Dead();
            var happened = new List<string>();
            for (var i = 0; i < 12; i++)
            {
                var (name, happen) = s_events[random.Next(s_events.Length)];
                happened.Add(name);
                try
                {
                    happen(connection);
                }
                catch (InvalidOperationException)
                {
                    // An illegal move changes nothing.
                }

                (connection.State is ConnectionState.ReauthorizationRequired or ConnectionState.Disconnected)
                    .ShouldBeTrue($"seed {seed}: {string.Join(", ", happened)} made it {connection.State}");
                connection.Health.ShouldBeOneOf(Health.Red, Health.Grey);
            }

            connection.Authorized([1], s_tokens, null, s_at);
            connection.State.ShouldBe(ConnectionState.Connected);
        }
    }

    [Fact]
    public void A_static_credential_found_dead_heals_by_a_probe()
    {
        var connection = Dead();

        connection.ProbePassed(null, s_at, needsConsent: false);

        connection.State.ShouldBe(ConnectionState.Connected);
        connection.Record.Failure.ShouldBeNull();
    }

    [Theory]
    [InlineData(FailureKind.RateLimited)]
    [InlineData(FailureKind.Unavailable)]
    [InlineData(FailureKind.Unknown)]
    [InlineData(FailureKind.ClientRejected)]
    public void A_failure_that_tells_nothing_changes_no_colour_and_hides_none(FailureKind kind)
    {
        var (green, red) = (Connected(), Connected());
        green.Succeeded("Read", s_at);
        red.Failed(Failure(FailureKind.Misconfigured));

        green.Failed(Failure(kind));
        red.Failed(Failure(kind));

        green.Health.ShouldBe(Health.Green);
        green.Record.Failure!.Kind.ShouldBe(kind);
        red.Health.ShouldBe(Health.Red);
        red.Record.Failure!.Kind.ShouldBe(FailureKind.Misconfigured);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lost_connection_whose_grant_dies_as_well_is_told_again_and_once(bool byProbe)
    {
        var connection = Connected();
        connection.ProbeForbidden(Failure(FailureKind.InsufficientPermissions));

        if (byProbe)
            connection.Refused(Failure(FailureKind.ModifiedCredentials), ConnectionEvent.Probed);
        connection.GrantLost(Failure(FailureKind.ModifiedCredentials), ConnectionEvent.Refreshed);
        connection.Failed(Failure(FailureKind.Unavailable));
        connection.Authorized([1], s_tokens, null, s_at);

        connection.Alerts.Select(a => (a.Kind, a.Failure?.Kind)).ShouldBe(
            [(AlertKind.Lost, FailureKind.InsufficientPermissions), (AlertKind.Lost, FailureKind.ModifiedCredentials), (AlertKind.Recovered, null)]);
        connection.Entries.Count(e => e.Event == ConnectionEvent.Lost).ShouldBe(2);
    }

    [Fact]
    public void A_success_heals_what_went_before()
    {
        var connection = Connected();
        connection.Limited("Read", Failure(FailureKind.InsufficientPermissions));
        connection.Limited("Write", Failure(FailureKind.InsufficientPermissions));
        connection.Refused(Failure(FailureKind.ModifiedCredentials));

        connection.Succeeded("Read", s_at);

        connection.Health.ShouldBe(Health.Green);
        connection.Record.Failure.ShouldBeNull();
        connection.Record.SuspectSince.ShouldBeNull();
        connection.Record.Limitations.ShouldHaveSingleItem().Action.ShouldBe("Write");
    }

    [Fact]
    public void A_disconnected_connection_keeps_its_identity_and_loses_its_credential()
    {
        var connection = Connected();
        var (id, version) = (connection.Id, connection.Record.CredentialVersion);

        connection.Disconnected(s_at);
        connection.Succeeded("Read", s_at);
        connection.ProbePassed(null, s_at, needsConsent: false);

        connection.Id.ShouldBe(id);
        connection.State.ShouldBe(ConnectionState.Disconnected);
        connection.Health.ShouldBe(Health.Grey);
        connection.Record.SealedCredential.ShouldBeNull();
        connection.Record.CredentialVersion.ShouldBe(version + 1);
        Should.Throw<InvalidOperationException>(() => connection.Refreshed([1], s_tokens, s_at));
    }

    private static readonly (string Name, Action<Connection> Happen)[] s_events =
    [
        ("succeeded", c => c.Succeeded("Read", s_at)),
        ("probe passed", c => c.ProbePassed("alice", s_at, needsConsent: true)),
        ("refreshed", c => c.Refreshed([2], s_tokens, s_at)),
        ("refused", c => c.Refused(Failure(FailureKind.ModifiedCredentials))),
        ("grant lost", c => c.GrantLost(Failure(FailureKind.ModifiedCredentials))),
        ("unavailable", c => c.Failed(Failure(FailureKind.Unavailable))),
        ("probe forbidden", c => c.ProbeForbidden(Failure(FailureKind.InsufficientPermissions))),
        ("misconfigured", c => c.Failed(Failure(FailureKind.Misconfigured))),
        ("in doubt", c => c.LeftInDoubt(Failure(FailureKind.Unknown))),
        ("limited", c => c.Limited("Write", Failure(FailureKind.InsufficientPermissions))),
        ("fields changed", c => c.FieldsChanged(new Dictionary<string, string> { ["host"] = "x" })),
        ("disconnected", c => c.Disconnected(s_at)),
    ];

    private static Failure Failure(FailureKind kind) => new() { Kind = kind, Message = "Something was seen.", At = s_at };

    private static Connection Connected()
    {
        var definition = new ConnectionDefinition
        {
            Id = new(Guid.CreateVersion7(s_at)),
            Tenant = TenantId.Default,
            Key = StableKey.Parse("crm"),
            DisplayName = "CRM",
            Connector = "crm",
            Scheme = "oauth2",
            CreatedAt = s_at,
        };
        var connection = Connection.Create(definition, Owner.Organisation, "CRM", new Dictionary<string, string>(), true, s_at);
        connection.Authorized([1], s_tokens, null, s_at);
        return connection;
    }

    private static Connection Dead()
    {
        var connection = Connected();
        connection.GrantLost(Failure(FailureKind.ModifiedCredentials));
        return connection;
    }
}
