using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Postgres;

/// <summary>What runs need to go on, for PostgreSQL.</summary>
[DbContext(typeof(PostgresRecipes))]
[Migration("20261122230000_DurableRuns")]
internal sealed class DurableRuns : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        DROP INDEX ix_runs_running;
        UPDATE runs SET status = 'Flagged', ended_at = now(), failure = '{"message":"The host was ended while it ran; what its last step did in the app is not known.","guidance":"Look into the app before calling it again.","isDoubtful":true}' WHERE status = 'Running';
        CREATE INDEX ix_runs_open ON runs (tenant, status) WHERE status IN ('Running', 'Queued', 'Waiting', 'Held', 'Flagged');
        CREATE INDEX ix_runs_ended_at ON runs (ended_at);
        CREATE TABLE run_states (
            run_id uuid NOT NULL CONSTRAINT pk_run_states PRIMARY KEY CONSTRAINT fk_run_states_runs REFERENCES runs (id) ON DELETE CASCADE,
            tenant text COLLATE "C" NOT NULL,
            recipe text COLLATE "C" NOT NULL,
            claim uuid NULL,
            node uuid NULL,
            lease_until timestamptz NULL,
            due_at timestamptz NULL,
            since timestamptz NULL,
            held_by uuid NULL,
            connector text COLLATE "C" NULL,
            held_for bigint NOT NULL,
            losses integer NOT NULL,
            cancelled_by text COLLATE "C" NULL,
            is_ended boolean NOT NULL,
            state bytea NOT NULL
        );
        CREATE INDEX ix_run_states_due ON run_states (tenant, due_at) WHERE claim IS NULL AND held_by IS NULL AND due_at IS NOT NULL;
        CREATE INDEX ix_run_states_claimed ON run_states (lease_until) WHERE claim IS NOT NULL;
        CREATE INDEX ix_run_states_held ON run_states (held_by, run_id) WHERE held_by IS NOT NULL;
        CREATE TABLE run_journal (
            run_id uuid NOT NULL CONSTRAINT fk_run_journal_runs REFERENCES runs (id) ON DELETE CASCADE,
            first integer NOT NULL,
            entries bytea NOT NULL,
            CONSTRAINT pk_run_journal PRIMARY KEY (run_id, first)
        );
        CREATE TABLE run_keys (
            tenant text COLLATE "C" NOT NULL,
            key text COLLATE "C" NOT NULL,
            run_id uuid NOT NULL CONSTRAINT fk_run_keys_runs REFERENCES runs (id) ON DELETE CASCADE,
            CONSTRAINT pk_run_keys PRIMARY KEY (tenant, key)
        );
        CREATE INDEX ix_run_keys_run_id ON run_keys (run_id);
        CREATE TABLE run_limits (
            run_id uuid NOT NULL CONSTRAINT fk_run_limits_run_states REFERENCES run_states (run_id) ON DELETE CASCADE,
            key text COLLATE "C" NOT NULL,
            most integer NOT NULL,
            tenant text COLLATE "C" NOT NULL,
            CONSTRAINT pk_run_limits PRIMARY KEY (run_id, key)
        );
        CREATE TABLE recipe_versions (
            recipe text COLLATE "C" NOT NULL,
            version text COLLATE "C" NOT NULL,
            source bytea NOT NULL,
            CONSTRAINT pk_recipe_versions PRIMARY KEY (recipe, version)
        );
        """);
}
