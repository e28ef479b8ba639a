using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.Logging;

namespace Recipes.Storage;

/// <summary>The embedded database: one SQLite file.</summary>
internal sealed class SqliteRecipes(DbContextOptions<SqliteRecipes> options) : RecipesDatabase(options)
{
    /// <summary>What a statement waits for another writer, in seconds, before it fails.</summary>
    internal const int BusySeconds = 5;

    // Extended result codes, https://sqlite.org/rescode.html.
    private const int PrimaryKeyTaken = 1555;
    private const int UniqueKeyTaken = 2067;

    public override bool IsDuplicate(Exception exception) =>
        (exception as SqliteException ?? exception.InnerException as SqliteException)?.SqliteExtendedErrorCode is PrimaryKeyTaken or UniqueKeyTaken;

    public override string SkipLocked => "";

    public override object Raw(Guid id) => id.ToString();

    public override object Raw(DateTimeOffset at) => at.UtcTicks;

    public override object Raw(TimeSpan length) => length.Ticks;

    public override string LeaseClock => "{0}";

    internal static string ConnectionString(string file, bool pooled = true) =>
        new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, DefaultTimeout = BusySeconds, Pooling = pooled }.ToString();

    /// <summary>Everything the stores expect of a context; values of parameters are never logged.</summary>
    internal static void Configure(DbContextOptionsBuilder builder, string file) => builder
        .UseSqlite(ConnectionString(file))
        .AddInterceptors(SqlitePragmas.Instance)
        .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
        .EnableSensitiveDataLogging(false)
        // A failed command throws, and who called decides what it means: a key that is taken is no error.
        .ConfigureWarnings(w => w.Log(
            (RelationalEventId.CommandExecuted, LogLevel.Debug), (RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug)));

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
        // Lower-case text: in the order of time for UUIDv7, and readable in a shell.
        configurationBuilder.Properties<Guid>().HaveConversion<GuidToStringConverter>();
    }

    /// <summary>Times as ticks of 100 ns since year 1, UTC: SQLite has no type for them and EF Core refuses to sort its text.</summary>
    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(at => at.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
