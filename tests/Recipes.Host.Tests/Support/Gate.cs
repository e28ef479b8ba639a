using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Recipes.Host.Tests;

/// <summary>Has whoever looks for a user by name wait.</summary>
public class Gate : DispatchProxy
{
    private IUserStore _inner = null!;
    private Task _open = null!;

    public static void Register(IServiceCollection services, Task open)
    {
        var real = services.Last(d => d.ServiceType == typeof(IUserStore)).ImplementationType!;
        services.AddSingleton(s =>
        {
            var store = Create<IUserStore, Gate>();
            var own = (Gate)store;
            (own._inner, own._open) = ((IUserStore)ActivatorUtilities.CreateInstance(s, real), open);
            return store;
        });
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(IUserStore.FindAsync) ? FindAsync((TenantId)args![0]!, (UserId)args[1]!) : targetMethod.Invoke(_inner, args);

    private async Task<User?> FindAsync(TenantId tenant, UserId id)
    {
        await _open;
        return await _inner.FindAsync(tenant, id, CancellationToken.None);
    }
}
