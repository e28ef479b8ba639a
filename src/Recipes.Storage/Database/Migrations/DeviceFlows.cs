using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations;

/// <summary>Device authorizations, and the scopes that were asked for.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20260201000000_DeviceFlows")]
internal sealed class DeviceFlows : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("ALTER TABLE connections ADD COLUMN requested_scopes TEXT NULL;");

        migrationBuilder.Sql("""
            CREATE TABLE device_flows (
                connection_id TEXT NOT NULL CONSTRAINT pk_device_flows PRIMARY KEY,
                id TEXT NOT NULL,
                tenant TEXT NOT NULL,
                user TEXT NOT NULL,
                sealed_device_code BLOB NOT NULL,
                user_code TEXT NOT NULL,
                verification_address TEXT NOT NULL,
                complete_address TEXT NULL,
                scopes TEXT NOT NULL,
                interval_seconds REAL NOT NULL,
                next_poll_at INTEGER NOT NULL,
                started_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL,
                status TEXT NOT NULL,
                failure TEXT NULL,
                CONSTRAINT fk_device_flows_connections FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
            );
            CREATE INDEX ix_device_flows_status_next_poll_at ON device_flows (status, next_poll_at);
            """);
    }
}
