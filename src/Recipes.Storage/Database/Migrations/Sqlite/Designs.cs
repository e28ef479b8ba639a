using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>Drafts and published versions of recipes, for SQLite.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20261123020000_Designs")]
internal sealed class Designs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE recipe_drafts (
            recipe TEXT NOT NULL CONSTRAINT pk_recipe_drafts PRIMARY KEY,
            title TEXT NULL,
            description TEXT NULL,
            source BLOB NOT NULL,
            revision TEXT NOT NULL,
            editor TEXT NULL,
            saved_by TEXT NOT NULL,
            saved_at INTEGER NOT NULL,
            base TEXT NULL
        );
        CREATE TABLE recipe_publications (
            recipe TEXT NOT NULL,
            version TEXT NOT NULL,
            number INTEGER NOT NULL,
            source BLOB NOT NULL,
            published_at INTEGER NOT NULL,
            published_by TEXT NULL,
            CONSTRAINT pk_recipe_publications PRIMARY KEY (recipe, version)
        );
        CREATE UNIQUE INDEX ix_recipe_publications_recipe_number ON recipe_publications (recipe, number);
        """);
}
