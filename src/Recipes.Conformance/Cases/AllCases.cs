namespace Recipes.Conformance;

/// <summary>The cases that a scheme goes through, in the order of the report.</summary>
internal static class AllCases
{
    public static IReadOnlyList<ConformanceCase> For(Workbench bench) =>
    [
        .. ConnectCases.For(bench),
        .. bench.Scheme is OAuth2Scheme or LoginScheme or JwtScheme ? TokenCases.For(bench) : [],
        .. bench.Scheme is OAuth2Scheme ? OAuth2Cases.For(bench) : [],
        .. CredentialCases.For(bench),
        .. ReplyCases.For(bench),
        .. RuleCases.For(bench),
        .. AddressCases.For(bench),
        .. SecretCases.For(bench),
    ];
}
