namespace Recipes.Conformance;

/// <summary>An app that takes what <c>apply</c> declares, or nothing at all.</summary>
internal sealed class ApplyStandIn(ConnectorProfile connector, AuthScheme scheme, SampleAccount account, TimeProvider time) : StandIn(connector, scheme, account, time)
{
    protected override IEnumerable<WireFault> CheckCredential(ReceivedRequest request) => CheckApply(request);
}
