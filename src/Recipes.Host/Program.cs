using Recipes.Host;

return await RecipesHost.RunAsync(args);
