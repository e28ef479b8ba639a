using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Recipes.Testing;

namespace Recipes.Storage.Tests;

public sealed class PostgresStartupTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [PostgresFact]
    public async Task The_migrations_make_the_tables_of_the_model()
    {
        var server = await PostgresServer.SharedAsync();
        await using var migrated = await server.CreateDatabaseAsync();
        await using var created = await server.CreateDatabaseAsync();
        await using (await TestHost.StartAsync(Build(migrated.ConnectionString))) { }
        await using (var direct = Build(created.ConnectionString))
        await using (var database = direct.Services.GetRequiredService<IDbContextFactory<RecipesDatabase>>().CreateDbContext())
            await database.Database.EnsureCreatedAsync();

        var (left, right) = (await SchemaAsync(migrated), await SchemaAsync(created));

        left.Except(right).ShouldBeEmpty("only in the migrations");
        right.Except(left).ShouldBeEmpty("only in the model");
        left.Count.ShouldBeGreaterThan(100);
    }

    [PostgresFact]
    public async Task Four_that_start_at_once_on_an_empty_database_all_start()
    {
        await using var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

        var hosts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => TestHost.StartAsync(Build(database.ConnectionString)))));

        var applied = await database.QueryAsync("SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\"");
        applied[0].ShouldBe("20261122000000_Initial");
        applied.ShouldBeUnique();
        (await database.QueryAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")).ShouldBe(["0"]);
        foreach (var host in hosts)
            await host.DisposeAsync();
    }

    [PostgresFact]
    public async Task A_database_of_a_newer_version_is_left_alone()
    {
        await using var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using (await TestHost.StartAsync(Build(database.ConnectionString))) { }
        await database.ExecuteAsync("INSERT INTO \"__EFMigrationsHistory\" VALUES ('29990101000000_Later', '99.0')");

        var refused = await Should.ThrowAsync<StorageStartException>(() => TestHost.StartAsync(Build(database.ConnectionString)));

        refused.Message.ShouldContain("newer version");
        refused.Message.ShouldContain("29990101000000_Later");
        refused.Message.ShouldContain(database.Name);
    }

    [PostgresFact]
    public async Task Whatever_keeps_a_node_from_its_database_is_told_without_the_password()
    {
        var server = await PostgresServer.SharedAsync();
        await using var database = await server.CreateDatabaseAsync();
        await using var foreign = await server.CreateDatabaseAsync();
        await foreign.ExecuteAsync("ALTER SCHEMA public OWNER TO postgres");
        var right = new NpgsqlConnectionStringBuilder(database.ConnectionString);

        async Task<string> Refusal(Action<NpgsqlConnectionStringBuilder> change)
        {
            var wrong = new NpgsqlConnectionStringBuilder(right.ConnectionString);
            change(wrong);
            var refused = await Should.ThrowAsync<StorageStartException>(() => TestHost.StartAsync(Build(wrong.ConnectionString, wait: TimeSpan.Zero)));
            refused.ToString().ShouldNotContain(server.Password);
            return refused.Message;
        }

        (await Refusal(c => c.Port = FreePort.Next())).ShouldContain("Nobody listens on 127.0.0.1:");
        (await Refusal(c => c.Password = "not-the-password")).ShouldContain("refuses the password of user 'recipes'");
        (await Refusal(c => c.Username = "stranger")).ShouldContain("'stranger'");
        (await Refusal(c => c.Database = "nowhere")).ShouldContain("There is no database 'nowhere'");
        (await Refusal(c => c.Database = foreign.Name)).ShouldContain("owner of that database");
        (await Refusal(c => c.Host = "nowhere.invalid")).ShouldContain("'nowhere.invalid'");
    }

    [PostgresFact]
    public async Task A_server_that_comes_up_late_is_waited_for()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await server.CreateDatabaseAsync();
        await server.StopAsync();

        var starting = TestHost.StartAsync(Build(database.ConnectionString, wait: TimeSpan.FromSeconds(30)));
        await server.ResumeAsync();

        await using var host = await starting.WaitAsync(TimeSpan.FromSeconds(30));
        (await host.Users.AnyTokenAsync(default)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("postgres://recipes:hunter2hunter2@db/recipes", "is an address")]
    [InlineData("Host=db;Database=recipes;Password=hunter2hunter2", "names no Username")]
    [InlineData("Host=db;Username=recipes;Password=hunter2hunter2", "names no Database")]
    [InlineData("Database=recipes;Username=recipes;Password=hunter2hunter2", "names no Host")]
    [InlineData("Host=db;Port=hunter2hunter2;Database=recipes;Username=recipes", "cannot be read")]
    [InlineData("Host=db;hunter2hunter2=1;Database=recipes;Username=recipes", "cannot be read")]
    [InlineData("hunter2hunter2", "cannot be read")]
    public void A_connection_string_that_cannot_work_is_refused_without_being_shown(string connectionString, string why)
    {
        var refused = Should.Throw<OptionsValidationException>(() => Build(connectionString));

        refused.Failures.ShouldHaveSingleItem().ShouldContain(why);
        refused.ToString().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_node_takes_part_of_the_connections_unless_told_otherwise_and_never_shows_rows_or_passwords()
    {
        await using var plain = PostgresSource.Create("Host=db;Database=x;Username=u;Password=hunter2hunter2;Include Error Detail=true;Persist Security Info=true");
        await using var told = PostgresSource.Create("Host=db;Database=x;Username=u;Maximum Pool Size=7;Application Name=mine");

        var (a, b) = (new NpgsqlConnectionStringBuilder(plain.ConnectionString), new NpgsqlConnectionStringBuilder(told.ConnectionString));

        (a.MaxPoolSize, a.ApplicationName, a.IncludeErrorDetail).ShouldBe((30, "recipes", false));
        plain.ConnectionString.ShouldNotContain("hunter2");
        (b.MaxPoolSize, b.ApplicationName).ShouldBe((7, "mine"));
    }

    public void Dispose() => _folder.Dispose();

    private TestHost Build(string connectionString, TimeSpan? wait = null) =>
        TestHost.Build(new StorageOptions { DataFolder = _folder.Path, Postgres = connectionString, PostgresWait = wait ?? TimeSpan.FromSeconds(15) });

    private static async Task<List<string>> SchemaAsync(PostgresDatabase database) =>
    [
        .. await database.QueryAsync("""
            SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, coalesce(column_default, '-'), is_identity, collation_name)
            FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\_\_EF%' ORDER BY 1
            """),
        .. await database.QueryAsync("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\\_\\_EF%' ORDER BY 1"),
        .. await database.QueryAsync("""
            SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '%\_\_EF%' ORDER BY 1
            """),
    ];
}
