using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>What somebody says who switches a trigger on.</summary>
/// <param name="Secret">What deliveries are verified by; null keeps the one there is, or has one made where that is possible.</param>
/// <param name="Anew">Whether what was handed over before counts no more: a new cursor, a new address, a new secret.</param>
public sealed record SwitchOn(Secret? Secret = null, bool Anew = false);
