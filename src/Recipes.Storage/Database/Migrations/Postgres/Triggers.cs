using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Postgres;

/// <summary>Triggers of recipes, for PostgreSQL.</summary>
[DbContext(typeof(PostgresRecipes))]
[Migration("20261123010000_Triggers")]
internal sealed class Triggers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE triggers (
            id uuid NOT NULL CONSTRAINT pk_triggers PRIMARY KEY,
            tenant text COLLATE "C" NOT NULL,
            recipe text COLLATE "C" NOT NULL,
            activity text COLLATE "C" NOT NULL,
            type text COLLATE "C" NOT NULL,
            key text COLLATE "C" NULL,
            is_on boolean NOT NULL,
            "by" text COLLATE "C" NOT NULL,
            switched_at timestamptz NOT NULL,
            cursor text COLLATE "C" NULL,
            next_at timestamptz NULL,
            last_outcome text COLLATE "C" NULL,
            last_message text COLLATE "C" NULL,
            last_at timestamptz NULL,
            last_runs integer NOT NULL,
            last_kind text COLLATE "C" NULL,
            failures integer NOT NULL,
            pause_reason text COLLATE "C" NULL,
            pause_message text COLLATE "C" NULL,
            paused_since timestamptz NULL,
            pause_path text COLLATE "C" NULL,
            waits_for uuid NULL,
            registered_through uuid NULL,
            registration_id text COLLATE "C" NULL,
            registration_data text COLLATE "C" NULL,
            registration_inputs text COLLATE "C" NULL,
            registered_at timestamptz NULL,
            registration_expires_at timestamptz NULL,
            path_hash bytea NULL,
            sealed_path bytea NULL,
            sealed_secret bytea NULL,
            lease_owner uuid NULL,
            lease_expires_at timestamptz NULL,
            version bigint NOT NULL
        );
        CREATE UNIQUE INDEX ix_triggers_tenant_recipe ON triggers (tenant, recipe);
        CREATE UNIQUE INDEX ix_triggers_path_hash ON triggers (path_hash);
        CREATE INDEX ix_triggers_due ON triggers (next_at) WHERE next_at IS NOT NULL;
        CREATE INDEX ix_triggers_waiting ON triggers (waits_for) WHERE waits_for IS NOT NULL;
        """);
}
