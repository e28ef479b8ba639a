using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>Which node a run is on, for SQLite.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20261122100000_RunNode")]
internal sealed class RunNode : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE runs ADD COLUMN node TEXT NULL;");
}
