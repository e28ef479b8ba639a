using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>What is known of the health of connections, their log, alerts and the refresh lease, for SQLite.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20261122000000_Health")]
internal sealed class Health : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            ALTER TABLE connections ADD COLUMN health TEXT NOT NULL DEFAULT 'Yellow';
            ALTER TABLE connections ADD COLUMN health_since INTEGER NULL;
            ALTER TABLE connections ADD COLUMN failure_since INTEGER NULL;
            ALTER TABLE connections ADD COLUMN lost_since INTEGER NULL;
            ALTER TABLE connections ADD COLUMN account_id TEXT NULL;
            ALTER TABLE connections ADD COLUMN grant_expires_at INTEGER NULL;
            ALTER TABLE connections ADD COLUMN expiry_told_for INTEGER NULL;
            ALTER TABLE connections ADD COLUMN environment TEXT NOT NULL DEFAULT 'Unknown';
            ALTER TABLE connections ADD COLUMN account_kind TEXT NOT NULL DEFAULT 'Unknown';
            ALTER TABLE connections ADD COLUMN check_at INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE connections ADD COLUMN claimed_until INTEGER NULL;
            UPDATE connections SET health = CASE
                WHEN state = 'Disconnected' THEN 'Grey'
                WHEN state IN ('Suspect', 'ReauthorizationRequired') THEN 'Red'
                WHEN json_extract(failure, '$.kind') IN ('ModifiedCredentials', 'InsufficientPermissions', 'Misconfigured') THEN 'Red'
                WHEN state = 'Connected' AND last_success_at IS NOT NULL THEN 'Green'
                ELSE 'Yellow' END;
            UPDATE connections SET lost_since = updated_at WHERE state = 'ReauthorizationRequired' OR (state = 'Connected' AND health = 'Red');
            CREATE INDEX ix_connections_state_check_at ON connections (state, check_at);
            CREATE INDEX ix_connections_tenant_health ON connections (tenant, health);

            ALTER TABLE connection_definitions ADD COLUMN success_address TEXT NULL;
            ALTER TABLE connection_definitions ADD COLUMN failure_address TEXT NULL;
            ALTER TABLE connection_definitions ADD COLUMN check_every_seconds INTEGER NULL;
            ALTER TABLE users ADD COLUMN email TEXT NULL;
            """);

        migrationBuilder.Sql("""
            CREATE TABLE connection_log (
                number INTEGER NOT NULL CONSTRAINT pk_connection_log PRIMARY KEY AUTOINCREMENT,
                connection_id TEXT NOT NULL,
                tenant TEXT NOT NULL,
                at INTEGER NOT NULL,
                event TEXT NOT NULL,
                by_kind TEXT NOT NULL,
                by_name TEXT NULL,
                failure TEXT NULL,
                detail TEXT NULL,
                request_line TEXT NULL,
                health TEXT NOT NULL,
                CONSTRAINT fk_connection_log_connections FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
            );
            CREATE INDEX ix_connection_log_at ON connection_log (at);
            CREATE INDEX ix_connection_log_connection_id_number ON connection_log (connection_id, number);

            CREATE TABLE connection_days (
                connection_id TEXT NOT NULL,
                day INTEGER NOT NULL,
                uses INTEGER NOT NULL,
                failed_uses INTEGER NOT NULL,
                refreshes INTEGER NOT NULL,
                failed_refreshes INTEGER NOT NULL,
                probes INTEGER NOT NULL,
                failed_probes INTEGER NOT NULL,
                CONSTRAINT pk_connection_days PRIMARY KEY (connection_id, day),
                CONSTRAINT fk_connection_days_connections FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
            );
            CREATE INDEX ix_connection_days_day ON connection_days (day);
            """);

        migrationBuilder.Sql("""
            CREATE TABLE alerts (
                number INTEGER NOT NULL CONSTRAINT pk_alerts PRIMARY KEY AUTOINCREMENT,
                id TEXT NOT NULL,
                tenant TEXT NOT NULL,
                definition_id TEXT NOT NULL,
                connection_id TEXT NULL,
                subject_id TEXT NOT NULL,
                kind TEXT NOT NULL,
                at INTEGER NOT NULL,
                failure TEXT NULL,
                expires_at INTEGER NULL,
                is_addressed INTEGER NOT NULL,
                CONSTRAINT ak_alerts_id UNIQUE (id)
            );
            CREATE INDEX ix_alerts_at ON alerts (at);
            CREATE INDEX ix_alerts_new ON alerts (number) WHERE NOT is_addressed;
            CREATE INDEX ix_alerts_subject_id_number ON alerts (subject_id, number);
            CREATE TABLE alert_deliveries (
                id TEXT NOT NULL CONSTRAINT pk_alert_deliveries PRIMARY KEY,
                alert_id TEXT NOT NULL,
                target TEXT NOT NULL,
                tries INTEGER NOT NULL,
                next_try_at INTEGER NULL,
                delivered_at INTEGER NULL,
                error TEXT NULL,
                CONSTRAINT fk_alert_deliveries_alerts FOREIGN KEY (alert_id) REFERENCES alerts (id) ON DELETE CASCADE
            );
            CREATE INDEX ix_alert_deliveries_alert_id ON alert_deliveries (alert_id);
            CREATE INDEX ix_alert_deliveries_due ON alert_deliveries (next_try_at) WHERE next_try_at IS NOT NULL;

            CREATE TABLE refresh_leases (
                connection_id TEXT NOT NULL CONSTRAINT pk_refresh_leases PRIMARY KEY,
                owner TEXT NOT NULL,
                expires_at INTEGER NOT NULL,
                sent_version INTEGER NULL,
                sent_at INTEGER NULL,
                kept_version INTEGER NULL,
                sealed_credential BLOB NULL,
                CONSTRAINT fk_refresh_leases_connections FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
            );
            """);
    }
}
