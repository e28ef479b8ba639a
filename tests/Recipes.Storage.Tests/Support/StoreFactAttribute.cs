using Xunit.Sdk;

namespace Recipes.Storage.Tests;

/// <summary>A test in a class that is run on each kind of database. On PostgreSQL it is skipped where that is missing, unless CI is set.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Recipes.Storage.Tests.StoreFactDiscoverer", "Recipes.Storage.Tests")]
public sealed class StoreFactAttribute : FactAttribute;
