using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>What a consent was asked for, and whether another account may give it, for SQLite.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20261122200000_Consent")]
internal sealed class Consent : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        ALTER TABLE authorization_flows ADD COLUMN recipe TEXT NULL;
        ALTER TABLE authorization_flows ADD COLUMN installation TEXT NULL;
        ALTER TABLE authorization_flows ADD COLUMN installation_name TEXT NULL;
        ALTER TABLE authorization_flows ADD COLUMN accepts_other_account INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE device_flows ADD COLUMN accepts_other_account INTEGER NOT NULL DEFAULT 0;
        """);
}
