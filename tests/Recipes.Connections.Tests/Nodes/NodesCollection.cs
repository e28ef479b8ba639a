namespace Recipes.Connections.Tests;

/// <summary>Tests of several processes have the machine to themselves.</summary>
[CollectionDefinition("Nodes", DisableParallelization = true)]
public sealed class NodesCollection;
