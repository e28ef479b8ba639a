using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>Whether somebody was told that a definition's OAuth client is refused, for SQLite.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20261122230000_ClientLoss")]
internal sealed class ClientLoss : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        ALTER TABLE connection_definitions ADD COLUMN client_loss_told INTEGER NOT NULL DEFAULT 0;
        UPDATE connection_definitions SET client_loss_told = client_failure IS NOT NULL;
        """);
}
