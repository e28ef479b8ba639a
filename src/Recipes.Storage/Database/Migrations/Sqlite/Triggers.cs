using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>Triggers of recipes, for SQLite.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20261123010000_Triggers")]
internal sealed class Triggers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE triggers (
            id TEXT NOT NULL CONSTRAINT pk_triggers PRIMARY KEY,
            tenant TEXT NOT NULL,
            recipe TEXT NOT NULL,
            activity TEXT NOT NULL,
            type TEXT NOT NULL,
            key TEXT NULL,
            is_on INTEGER NOT NULL,
            "by" TEXT NOT NULL,
            switched_at INTEGER NOT NULL,
            cursor TEXT NULL,
            next_at INTEGER NULL,
            last_outcome TEXT NULL,
            last_message TEXT NULL,
            last_at INTEGER NULL,
            last_runs INTEGER NOT NULL,
            last_kind TEXT NULL,
            failures INTEGER NOT NULL,
            pause_reason TEXT NULL,
            pause_message TEXT NULL,
            paused_since INTEGER NULL,
            pause_path TEXT NULL,
            waits_for TEXT NULL,
            registered_through TEXT NULL,
            registration_id TEXT NULL,
            registration_data TEXT NULL,
            registration_inputs TEXT NULL,
            registered_at INTEGER NULL,
            registration_expires_at INTEGER NULL,
            path_hash BLOB NULL,
            sealed_path BLOB NULL,
            sealed_secret BLOB NULL,
            lease_owner TEXT NULL,
            lease_expires_at INTEGER NULL,
            version INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX ix_triggers_tenant_recipe ON triggers (tenant, recipe);
        CREATE UNIQUE INDEX ix_triggers_path_hash ON triggers (path_hash);
        CREATE INDEX ix_triggers_due ON triggers (next_at) WHERE next_at IS NOT NULL;
        CREATE INDEX ix_triggers_waiting ON triggers (waits_for) WHERE waits_for IS NOT NULL;
        """);
}
