return await Recipes.CommandLine.RecipesCommand.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
