using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Postgres;

/// <summary>What a consent was asked for, whether another account may give it, and what has to be done about connections, for PostgreSQL.</summary>
[DbContext(typeof(PostgresRecipes))]
[Migration("20261122200000_Consent")]
internal sealed class Consent : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        ALTER TABLE authorization_flows
            ADD COLUMN recipe text COLLATE "C" NULL,
            ADD COLUMN installation text COLLATE "C" NULL,
            ADD COLUMN installation_name text COLLATE "C" NULL,
            ADD COLUMN accepts_other_account boolean NOT NULL DEFAULT FALSE;
        ALTER TABLE device_flows
            ADD COLUMN recipe text COLLATE "C" NULL,
            ADD COLUMN installation text COLLATE "C" NULL,
            ADD COLUMN installation_name text COLLATE "C" NULL,
            ADD COLUMN accepts_other_account boolean NOT NULL DEFAULT FALSE;
        ALTER TABLE connections ADD COLUMN attention text COLLATE "C" NOT NULL DEFAULT 'None';
        CREATE INDEX ix_connections_attention ON connections (tenant, attention, health, definition_id, owner_kind, owner_id);
        """);
}
