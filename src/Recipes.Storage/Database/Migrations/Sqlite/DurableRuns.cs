using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>What runs need to go on, for SQLite.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20261122230000_DurableRuns")]
internal sealed class DurableRuns : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        DROP INDEX ix_runs_running;
        UPDATE runs SET status = 'Flagged', ended_at = CAST(strftime('%s', 'now') AS INTEGER) * 10000000 + 621355968000000000, failure = '{"message":"The host was ended while it ran; what its last step did in the app is not known.","guidance":"Look into the app before calling it again.","isDoubtful":true}' WHERE status = 'Running';
        CREATE INDEX ix_runs_open ON runs (tenant, status) WHERE status IN ('Running', 'Queued', 'Waiting', 'Held', 'Flagged');
        CREATE INDEX ix_runs_ended_at ON runs (ended_at);
        CREATE TABLE run_states (
            run_id TEXT NOT NULL CONSTRAINT pk_run_states PRIMARY KEY CONSTRAINT fk_run_states_runs REFERENCES runs (id) ON DELETE CASCADE,
            tenant TEXT NOT NULL,
            recipe TEXT NOT NULL,
            claim TEXT NULL,
            node TEXT NULL,
            lease_until INTEGER NULL,
            due_at INTEGER NULL,
            since INTEGER NULL,
            held_by TEXT NULL,
            connector TEXT NULL,
            held_for INTEGER NOT NULL,
            losses INTEGER NOT NULL,
            cancelled_by TEXT NULL,
            is_ended INTEGER NOT NULL,
            state BLOB NOT NULL
        );
        CREATE INDEX ix_run_states_due ON run_states (tenant, due_at) WHERE claim IS NULL AND held_by IS NULL AND due_at IS NOT NULL;
        CREATE INDEX ix_run_states_claimed ON run_states (lease_until) WHERE claim IS NOT NULL;
        CREATE INDEX ix_run_states_held ON run_states (held_by, run_id) WHERE held_by IS NOT NULL;
        CREATE TABLE run_journal (
            run_id TEXT NOT NULL CONSTRAINT fk_run_journal_runs REFERENCES runs (id) ON DELETE CASCADE,
            first INTEGER NOT NULL,
            entries BLOB NOT NULL,
            CONSTRAINT pk_run_journal PRIMARY KEY (run_id, first)
        );
        CREATE TABLE run_keys (
            tenant TEXT NOT NULL,
            key TEXT NOT NULL,
            run_id TEXT NOT NULL CONSTRAINT fk_run_keys_runs REFERENCES runs (id) ON DELETE CASCADE,
            CONSTRAINT pk_run_keys PRIMARY KEY (tenant, key)
        );
        CREATE INDEX ix_run_keys_run_id ON run_keys (run_id);
        CREATE TABLE run_limits (
            run_id TEXT NOT NULL CONSTRAINT fk_run_limits_run_states REFERENCES run_states (run_id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            most INTEGER NOT NULL,
            tenant TEXT NOT NULL,
            CONSTRAINT pk_run_limits PRIMARY KEY (run_id, key)
        );
        CREATE TABLE recipe_versions (
            recipe TEXT NOT NULL,
            version TEXT NOT NULL,
            source BLOB NOT NULL,
            CONSTRAINT pk_recipe_versions PRIMARY KEY (recipe, version)
        );
        """);
}
