using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Recipes.Storage.Tests;

public sealed class StartupTests
{
    [Fact]
    public async Task The_migrations_make_the_tables_of_the_model()
    {
        using var migrated = new TempFolder();
        using var created = new TempFolder();
        await using var host = await TestHost.StartAsync(migrated);
        await using var direct = TestHost.Build(created.Path);
        DataFolder.Prepare(new() { DataFolder = created.Path });
        await using (var database = direct.Services.GetRequiredService<IDbContextFactory<RecipesDatabase>>().CreateDbContext())
            await database.Database.EnsureCreatedAsync();

        Schema(migrated).ShouldBe(Schema(created));
    }

    [Fact]
    public async Task Migrating_again_changes_nothing()
    {
        using var folder = new TempFolder();
        await using (await TestHost.StartAsync(folder)) { }
        var before = History(folder);

        await using var again = await TestHost.StartAsync(folder);
        await again.Services.MigrateRecipesStorageAsync();

        History(folder).ShouldBe(before);
        before.ShouldBe(Known(again));
    }

    [Fact]
    public async Task Two_hosts_that_start_at_once_on_an_empty_folder_both_start()
    {
        using var folder = new TempFolder();

        var hosts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => TestHost.StartAsync(folder))));

        History(folder).ShouldBe(Known(hosts[0]));
        foreach (var host in hosts)
            await host.DisposeAsync();
    }

    [Fact]
    public async Task A_lock_that_a_killed_migration_left_does_not_stop_the_next_start()
    {
        using var folder = new TempFolder();
        DataFolder.Prepare(new() { DataFolder = folder.Path });
        Execute(folder, "CREATE TABLE __EFMigrationsLock (Id INTEGER NOT NULL CONSTRAINT PK___EFMigrationsLock PRIMARY KEY, Timestamp TEXT NOT NULL); INSERT INTO __EFMigrationsLock VALUES (1, '2026-01-01')");

        await using var host = await TestHost.StartAsync(folder).WaitAsync(TimeSpan.FromSeconds(20));

        History(folder).ShouldBe(Known(host));
    }

    [Fact]
    public async Task Connections_from_before_health_was_stored_get_the_health_they_had()
    {
        using var folder = new TempFolder();
        await using (var first = TestHost.Build(folder.Path))
        {
            DataFolder.Prepare(new() { DataFolder = folder.Path });
            await using var database = first.Services.GetRequiredService<IDbContextFactory<RecipesDatabase>>().CreateDbContext();
            await database.GetService<IMigrator>().MigrateAsync("20260101000000_Initial");
        }

        Execute(folder, "INSERT INTO connection_definitions VALUES ('d', 'default', 'crm', 'CRM', 'c', 's', '{}', '[]', NULL, NULL, 0, 'Off', NULL, 0, 1)");
        foreach (var (id, state, used, failure) in new[]
        {
            ("used", "Connected", "5", "NULL"), ("new", "Connected", "NULL", "NULL"), ("out", "Disconnected", "5", "NULL"), ("asked", "Suspect", "5", "NULL"),
            ("dead", "ReauthorizationRequired", "5", """'{"kind":"ModifiedCredentials"}'"""), ("wrong", "Connected", "5", """'{"kind":"Misconfigured"}'"""), ("away", "Connected", "5", """'{"kind":"Unavailable"}'"""),
        })
            Execute(folder, $"INSERT INTO connections VALUES ('{id}', 'default', 'd', 'Organisation', '', 'x', 0, '{state}', '{{}}', NULL, 1, 1, NULL, NULL, NULL, NULL, {failure}, {used}, NULL, NULL, '[]', 1, 7)");

        await using var host = await TestHost.StartAsync(folder);

        Query(folder, "SELECT id || ' ' || health || ' ' || coalesce(lost_since, '-') || ' ' || environment || ' ' || check_at FROM connections ORDER BY id").ShouldBe(
            ["asked Red - Unknown 0", "away Green - Unknown 0", "dead Red 7 Unknown 0", "new Yellow - Unknown 0", "out Grey - Unknown 0", "used Green - Unknown 0", "wrong Red 7 Unknown 0"]);
    }

    [Fact]
    public async Task Folder_file_and_keys_are_their_owners_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TempFolder();
        var data = folder.File("data");
        Directory.CreateDirectory(Path.Combine(data, "keys"));

        await using var host = TestHost.Build(data);
        await host.Services.MigrateRecipesStorageAsync();

        var owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.GetUnixFileMode(data).ShouldBe(owner | UnixFileMode.UserExecute);
        File.GetUnixFileMode(Path.Combine(data, "keys")).ShouldBe(owner | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(data, "recipes.db*"))
            File.GetUnixFileMode(file).ShouldBe(owner, file);
    }

    [Fact]
    public async Task Everything_but_runs_is_stored_with_full_synchronisation_in_wal_mode()
    {
        using var folder = new TempFolder();
        await using var host = await TestHost.StartAsync(folder);
        await using var database = host.Services.GetRequiredService<IDbContextFactory<RecipesDatabase>>().CreateDbContext();
        await database.Database.OpenConnectionAsync();

        object? Pragma(string name)
        {
            using var command = database.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"PRAGMA {name}";
            return command.ExecuteScalar();
        }

        Pragma("journal_mode").ShouldBe("wal");
        Pragma("synchronous").ShouldBe(2L);
        Pragma("foreign_keys").ShouldBe(1L);
        Pragma("busy_timeout").ShouldBe(15000L);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_left_alone()
    {
        using var folder = new TempFolder();
        await using (await TestHost.StartAsync(folder)) { }
        Execute(folder, "INSERT INTO __EFMigrationsHistory VALUES ('29990101000000_Later', '99.0')");

        var refused = await Should.ThrowAsync<StorageStartException>(() => TestHost.StartAsync(folder));

        refused.Message.ShouldContain("newer version");
        refused.Message.ShouldContain("29990101000000_Later");
        refused.Message.ShouldContain(folder.File("recipes.db"));
    }

    [Fact]
    public async Task A_damaged_file_is_reported_and_left_alone()
    {
        using var folder = new TempFolder();
        var garbage = Encoding.ASCII.GetBytes(new string('x', 8192));
        await File.WriteAllBytesAsync(folder.File("recipes.db"), garbage);

        var refused = await Should.ThrowAsync<StorageStartException>(() => TestHost.StartAsync(folder));

        refused.Message.ShouldContain(folder.File("recipes.db"));
        refused.Message.ShouldContain("damaged");
        (await File.ReadAllBytesAsync(folder.File("recipes.db"))).ShouldBe(garbage);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("file"), "");
        var impossible = Path.Combine(folder.File("file"), "data");
        await using var host = TestHost.Build(impossible);

        var refused = await Should.ThrowAsync<StorageStartException>(() => host.Services.MigrateRecipesStorageAsync());

        refused.Message.ShouldContain(impossible);
    }

    [Fact]
    public void Options_are_read_from_configuration_and_checked()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:DataFolder"] = "elsewhere",
            ["Storage:RunSynchronous"] = "Full",
        }).Build();
        using var services = new ServiceCollection().AddLogging().AddRecipesStorage(configuration).BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<StorageOptions>>().Value;

        (options.DataFolder, options.RunSynchronous).ShouldBe(("elsewhere", RunSynchronous.Full));
        var refused = Should.Throw<OptionsValidationException>(() => new ServiceCollection().AddRecipesStorage(new StorageOptions { DataFolder = " ", RunSynchronous = (RunSynchronous)7 }));
        refused.Failures.Count().ShouldBe(2);
    }

    // Structure and not text: a column that was added later stands last.
    private static List<string> Schema(TempFolder folder) =>
    [
        .. Query(folder, """
            SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '-') || ' ' || c.pk || ' ' || (t.sql LIKE '%AUTOINCREMENT%')
            FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE '\_\_EF%' ESCAPE '\' ORDER BY 1
            """),
        .. Query(folder, """
            SELECT t.name || ' ' || i.name || ' ' || i."unique" || ' ' || i.origin || ' ' || (SELECT group_concat(coalesce(x.name, '') || x.desc) FROM pragma_index_xinfo(i.name) x)
                || coalesce((SELECT replace(substr(m.sql, instr(m.sql, ' WHERE ')), '"', '') FROM sqlite_master m WHERE m.name = i.name AND i.partial), '')
            FROM sqlite_master t, pragma_index_list(t.name) i WHERE t.type = 'table' AND t.name NOT LIKE '\_\_EF%' ESCAPE '\' ORDER BY 1
            """),
        .. Query(folder, """
            SELECT t.name || ' ' || group_concat(f."from") || ' ' || f."table" || ' ' || group_concat(f."to") || ' ' || f.on_delete
            FROM sqlite_master t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' GROUP BY t.name, f.id ORDER BY 1
            """),
    ];

    private static List<string> Known(TestHost host)
    {
        using var database = host.Services.GetRequiredService<IDbContextFactory<RecipesDatabase>>().CreateDbContext();
        return [.. database.Database.GetMigrations()];
    }

    private static List<string> History(TempFolder folder) => Query(folder, "SELECT MigrationId FROM __EFMigrationsHistory ORDER BY 1");

    private static List<string> Query(TempFolder folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={folder.File("recipes.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
            rows.Add(reader.GetString(0));
        return rows;
    }

    private static void Execute(TempFolder folder, string sql) => Query(folder, sql);
}
