using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>Incidents of providers, what they hold, and alerts that wait, for SQLite.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20261123010000_Incidents")]
internal sealed class Incidents : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE incidents (
            id TEXT NOT NULL CONSTRAINT pk_incidents PRIMARY KEY,
            tenant TEXT NOT NULL,
            provider TEXT NOT NULL,
            definition_id TEXT NOT NULL,
            opened_at INTEGER NOT NULL,
            tries INTEGER NOT NULL,
            next_try_at INTEGER NOT NULL,
            closed_at INTEGER NULL,
            outcome TEXT NULL,
            affected INTEGER NOT NULL,
            version INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX ix_incidents_open ON incidents (tenant, provider) WHERE closed_at IS NULL;
        CREATE INDEX ix_incidents_tenant_provider_opened_at ON incidents (tenant, provider, opened_at);
        ALTER TABLE connections ADD COLUMN refused_by TEXT NULL;
        ALTER TABLE connections ADD COLUMN refused_at INTEGER NULL;
        ALTER TABLE connections ADD COLUMN incident_id TEXT NULL;
        CREATE INDEX ix_connections_refused ON connections (refused_by, refused_at) WHERE refused_by IS NOT NULL;
        CREATE INDEX ix_connections_incident ON connections (incident_id) WHERE incident_id IS NOT NULL;
        ALTER TABLE alerts ADD COLUMN tell_from INTEGER NULL;
        ALTER TABLE alerts ADD COLUMN incident TEXT NULL;
        """);
}
