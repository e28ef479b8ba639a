namespace Recipes.Storage.Tests;

/// <summary>Marks the tests of a store that run on PostgreSQL; those without it run on SQLite.</summary>
public interface IOnPostgres;
