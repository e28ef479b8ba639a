using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Recipes.Storage;

/// <summary>The embedded database: one SQLite file.</summary>
internal sealed class SqliteRecipes(DbContextOptions<SqliteRecipes> options) : RecipesDatabase(options)
{
    /// <summary>What a statement waits for other writers, in seconds, before it fails. They do not stand in line: of dozens on a slow disk one may be late again and again.</summary>
    internal const int BusySeconds = 15;

    // Extended result codes, https://sqlite.org/rescode.html.
    private const int PrimaryKeyTaken = 1555;
    private const int UniqueKeyTaken = 2067;
    private const int ForeignKeyViolated = 787;
    private const int RestrictViolated = 1811;

    public override bool IsDuplicate(Exception exception) =>
        (exception as SqliteException ?? exception.InnerException as SqliteException)?.SqliteExtendedErrorCode is PrimaryKeyTaken or UniqueKeyTaken;

    public override bool IsReferredTo(Exception exception) =>
        (exception as SqliteException ?? exception.InnerException as SqliteException)?.SqliteExtendedErrorCode is ForeignKeyViolated or RestrictViolated;

    public override string SkipLocked => "";

    // There is only one writer: the transaction waits for it. A claim that a power cut takes back was nobody's but that of the node that is gone with it.
    public override async Task<IDbContextTransaction> BeginClaimingAsync(CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);
        await Database.ExecuteSqlAsync($"PRAGMA synchronous = NORMAL", cancellationToken);
        return await Database.BeginTransactionAsync(cancellationToken);
    }

    public override string ClaimRows => "(SELECT value ->> 0 AS run_id, value ->> 1 AS claim, value ->> 2 AS held_for, value ->> 3 AS claim_before, value ->> 4 AS losses FROM json_each(@claims))";

    // One process at a time works on a file: whatever is not from here is from before.
    public override string ClaimIsOver => "(s.node IS NOT @node OR s.lease_until <= @now)";

    public override object Raw(Guid id) => id.ToString();

    public override object Raw(DateTimeOffset at) => at.UtcTicks;

    public override object Raw(TimeSpan length) => length.Ticks;

    public override string LeaseClock => "{0}";

    internal static string ConnectionString(string file, bool pooled = true) =>
        new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, DefaultTimeout = BusySeconds, Pooling = pooled }.ToString();

    internal static void Configure(DbContextOptionsBuilder builder, string file) => ConfigureAny(builder.UseSqlite(ConnectionString(file)).AddInterceptors(SqlitePragmas.Instance));

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
        // Lower-case text: in the order of time for UUIDv7, and readable in a shell.
        configurationBuilder.Properties<Guid>().HaveConversion<GuidToStringConverter>();
    }

    /// <summary>Times as ticks of 100 ns since year 1, UTC: SQLite has no type for them and EF Core refuses to sort its text.</summary>
    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(at => at.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
