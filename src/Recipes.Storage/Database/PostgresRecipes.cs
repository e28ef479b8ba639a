using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Npgsql;

namespace Recipes.Storage;

/// <summary>The database of several nodes: PostgreSQL.</summary>
internal sealed class PostgresRecipes(DbContextOptions<PostgresRecipes> options) : RecipesDatabase(options)
{
    // Any number that nothing else here uses.
    private const long ClaimLock = 7_241_190_551;

    public override bool IsDuplicate(Exception exception) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException)?.SqlState is PostgresErrorCodes.UniqueViolation;

    public override bool IsReferredTo(Exception exception) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException)?.SqlState is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation;

    public override string SkipLocked => "FOR UPDATE SKIP LOCKED";

    public override async Task<IDbContextTransaction> BeginClaimingAsync(CancellationToken cancellationToken)
    {
        var transaction = await Database.BeginTransactionAsync(cancellationToken);
        await Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({ClaimLock})", cancellationToken);
        return transaction;
    }

    public override string ClaimRows => "(SELECT (value ->> 0)::uuid AS run_id, (value ->> 1)::uuid AS claim, (value ->> 2)::bigint AS held_for, (value ->> 3)::uuid AS claim_before, (value ->> 4)::integer AS losses FROM jsonb_array_elements(@claims::jsonb))";

    // By the clock of the database: those of the nodes may differ.
    public override string ClaimIsOver => "(s.lease_until <= clock_timestamp())";

    public override object Raw(Guid id) => id;

    public override object Raw(DateTimeOffset at) => at.ToUniversalTime();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<NodeRow>(row => row.ToTable("nodes").HasKey(r => r.Id));
        modelBuilder.Entity<KeyRow>(row => row.ToTable("key_ring").HasKey(r => r.Name));
        base.OnModelCreating(modelBuilder);
    }

    public override object Raw(TimeSpan length) => length;

    public override string LeaseClock => "clock_timestamp()";

    internal static void Configure(DbContextOptionsBuilder builder, NpgsqlDataSource source) => ConfigureAny(builder.UseNpgsql(source));

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<string>().HaveConversion<Storable>().UseCollation("C");

    /// <summary>PostgreSQL refuses NUL and half surrogate pairs, and what providers say may hold either: both become U+FFFD.</summary>
    private sealed class Storable() : ValueConverter<string, string>(text => PostgresText.Of(text), text => text);
}
