using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>Which scopes connections lack, for SQLite.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20261122210000_MissingScopes")]
internal sealed class MissingScopes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE connections ADD COLUMN missing_scopes TEXT NULL;");
}
