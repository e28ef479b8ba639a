namespace Recipes.Connections;

/// <summary>Somebody who is told.</summary>
/// <param name="Name">As <see cref="AlertDelivery.Target"/>: <c>webhook:hooks.example.com</c>, <c>mail:ann@example.com</c>.</param>
/// <param name="Kinds">Types of alerts that go there; empty means all.</param>
public sealed record AlertTarget(string Name, IReadOnlyList<string> Kinds)
{
    internal const string Webhook = "webhook:";
    internal const string Mail = "mail:";

    internal bool Wants(string type) => Kinds.Count == 0 || Kinds.Contains(type, StringComparer.OrdinalIgnoreCase);
}
