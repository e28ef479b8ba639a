using Microsoft.Extensions.Options;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Warns where a recipe would act through an account that is of the wrong kind for this installation, as far as somebody said what kind it is.</summary>
internal sealed class AccountWarnings(IConnectionStore store, IOptions<TenantOptions> tenant)
{
    /// <returns>By key, one sentence or two; those that nothing is known against are left out.</returns>
    public async Task<IReadOnlyDictionary<StableKey, string>> FindAsync(IEnumerable<NeededConnection> needed, CancellationToken cancellationToken)
    {
        var warnings = new Dictionary<StableKey, string>();
        foreach (var bound in needed.Select(n => n.Bound).OfType<BoundConnection>())
        {
            if (await store.FindAsync(bound.Id, cancellationToken) is { } connection && Of(connection.Record, tenant.Value.IsProduction) is { } warning)
                warnings[bound.Key] = warning;
        }

        return warnings;
    }

    private static string? Of(ConnectionRecord record, bool isProduction) => (isProduction, record) switch
    {
        (true, { Environment: AccountEnvironment.Sandbox }) => $"'{record.DisplayName}' is said to be a sandbox account, and this is production.",
        (true, { AccountKind: AccountKind.Personal, Owner.Kind: OwnerKind.Organisation }) =>
            $"'{record.DisplayName}' is said to be one person's own account: everything is recorded under their name, and it ends when they leave.",
        (false, { Environment: AccountEnvironment.Production }) => $"'{record.DisplayName}' is said to be a production account, and recipes are only built here: what they do is done to real data.",
        _ => null,
    };
}
