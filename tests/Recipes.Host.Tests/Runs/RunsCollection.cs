namespace Recipes.Host.Tests.Runs;

/// <summary>Tests of several processes have the machine to themselves.</summary>
[CollectionDefinition("Runs", DisableParallelization = true)]
public sealed class RunsCollection;
