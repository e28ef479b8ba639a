using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Npgsql;

namespace Recipes.Storage;

/// <summary>The database of several nodes: PostgreSQL.</summary>
internal sealed class PostgresRecipes(DbContextOptions<PostgresRecipes> options) : RecipesDatabase(options)
{
    public override bool IsDuplicate(Exception exception) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException)?.SqlState is PostgresErrorCodes.UniqueViolation;

    public override bool IsReferredTo(Exception exception) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException)?.SqlState is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation;

    public override string SkipLocked => "FOR UPDATE SKIP LOCKED";

    // By the clock of the database: those of the nodes may differ.
    public override string NodeIsGone { get; } = $"NOT EXISTS (SELECT 1 FROM nodes WHERE nodes.id = runs.node AND nodes.seen_at > now() - interval '{NodeHeartbeat.GoneAfter.TotalSeconds} seconds')";

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
