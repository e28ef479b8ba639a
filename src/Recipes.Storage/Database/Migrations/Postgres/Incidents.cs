using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Postgres;

/// <summary>Incidents of providers, what they hold, and alerts that wait, for PostgreSQL.</summary>
[DbContext(typeof(PostgresRecipes))]
[Migration("20261123010000_Incidents")]
internal sealed class Incidents : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE incidents (
            id uuid NOT NULL CONSTRAINT pk_incidents PRIMARY KEY,
            tenant text COLLATE "C" NOT NULL,
            provider text COLLATE "C" NOT NULL,
            definition_id uuid NOT NULL,
            opened_at timestamptz NOT NULL,
            tries integer NOT NULL,
            next_try_at timestamptz NOT NULL,
            closed_at timestamptz NULL,
            outcome text COLLATE "C" NULL,
            affected integer NOT NULL,
            version bigint NOT NULL
        );
        CREATE UNIQUE INDEX ix_incidents_open ON incidents (tenant, provider) WHERE closed_at IS NULL;
        CREATE INDEX ix_incidents_tenant_provider_opened_at ON incidents (tenant, provider, opened_at);
        ALTER TABLE connections ADD COLUMN refused_by text COLLATE "C" NULL;
        ALTER TABLE connections ADD COLUMN refused_at timestamptz NULL;
        ALTER TABLE connections ADD COLUMN incident_id uuid NULL;
        CREATE INDEX ix_connections_refused ON connections (refused_by, refused_at) WHERE refused_by IS NOT NULL;
        CREATE INDEX ix_connections_incident ON connections (incident_id) WHERE incident_id IS NOT NULL;
        ALTER TABLE alerts ADD COLUMN tell_from timestamptz NULL;
        ALTER TABLE alerts ADD COLUMN incident text COLLATE "C" NULL;
        """);
}
