using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Recipes.Host.Tests;

/// <summary>A store of a node that dies: from some call on every one of them fails, until it is revived.</summary>
public class MortalStore<T> : DispatchProxy
    where T : class
{
    private T _inner = null!;
    private Mortality _mortality = null!;

    /// <summary>Puts it before the store that is registered.</summary>
    public static void Register(IServiceCollection services, Mortality mortality)
    {
        var real = services.Last(d => d.ServiceType == typeof(T)).ImplementationType!;
        services.AddSingleton(s =>
        {
            var store = Create<T, MortalStore<T>>();
            var own = (MortalStore<T>)(object)store;
            (own._inner, own._mortality) = ((T)ActivatorUtilities.CreateInstance(s, real), mortality);
            return store;
        });
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (_mortality.Dies(targetMethod!.Name))
            throw new IOException("This node is dead.");
        return targetMethod.Invoke(_inner, args);
    }
}

/// <summary>When a node dies.</summary>
public sealed class Mortality
{
    private readonly Lock _lock = new();
    private HashSet<string> _counted = [];
    private int _left = int.MaxValue;

    /// <summary>Whether it has died since it was told when to.</summary>
    public bool HasDied { get; private set; }

    /// <summary>So many of these calls go well; the next one, and whatever comes after it, does not.</summary>
    public void DieAfter(int calls, params string[] methods)
    {
        lock (_lock)
            (_left, _counted, HasDied) = (calls, [.. methods], false);
    }

    public void Revive()
    {
        lock (_lock)
            (_left, _counted) = (int.MaxValue, []);
    }

    public bool Dies(string method)
    {
        lock (_lock)
        {
            if (_left < 0 || (_counted.Contains(method) && _left-- == 0))
                (HasDied, _left) = (true, -1);
            return _left < 0;
        }
    }
}
