using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>What a consent was asked for, whether another account may give it, and what has to be done about connections, for SQLite.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20261122200000_Consent")]
internal sealed class Consent : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        ALTER TABLE authorization_flows ADD COLUMN recipe TEXT NULL;
        ALTER TABLE authorization_flows ADD COLUMN installation TEXT NULL;
        ALTER TABLE authorization_flows ADD COLUMN installation_name TEXT NULL;
        ALTER TABLE authorization_flows ADD COLUMN accepts_other_account INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE device_flows ADD COLUMN recipe TEXT NULL;
        ALTER TABLE device_flows ADD COLUMN installation TEXT NULL;
        ALTER TABLE device_flows ADD COLUMN installation_name TEXT NULL;
        ALTER TABLE device_flows ADD COLUMN accepts_other_account INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE connections ADD COLUMN attention TEXT NOT NULL DEFAULT 'None';
        UPDATE connections SET attention = CASE
            WHEN state = 'Disconnected' THEN 'None'
            WHEN state = 'Suspect' THEN 'BeingChecked'
            WHEN state = 'ReauthorizationRequired' OR json_extract(failure, '$.kind') = 'ModifiedCredentials' THEN 'Reauthorise'
            WHEN json_extract(failure, '$.kind') = 'InsufficientPermissions' THEN 'Permissions'
            WHEN json_extract(failure, '$.kind') = 'Misconfigured' THEN 'Address'
            WHEN limitations <> '[]' OR EXISTS (SELECT 1 FROM json_each(requested_scopes) WHERE value NOT IN (SELECT value FROM json_each(granted_scopes))) AND granted_scopes IS NOT NULL THEN 'Limited'
            WHEN json_extract(failure, '$.kind') IN ('RateLimited', 'Unavailable', 'Unknown') THEN 'TriedAgain'
            ELSE 'None' END;
        CREATE INDEX ix_connections_attention ON connections (tenant, attention, health, definition_id, owner_kind, owner_id);
        """);
}
