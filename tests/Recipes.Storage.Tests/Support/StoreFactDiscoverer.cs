using Recipes.Testing;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Recipes.Storage.Tests;

/// <summary>Decides for each class by itself: an attribute does not know which class its test is run in.</summary>
public sealed class StoreFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        testMethod.TestClass.Class.Interfaces.Any(i => i.Name == typeof(IOnPostgres).FullName) && new PostgresFactAttribute().Skip is not null
            ? new Skipped(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)
            : base.CreateTestCase(discoveryOptions, testMethod, factAttribute);

    public sealed class Skipped : XunitTestCase
    {
        [Obsolete("For deserialisation only.")]
        public Skipped() { }

        public Skipped(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method) : base(diagnostics, display, options, method) { }

        protected override string? GetSkipReason(IAttributeInfo factAttribute) => new PostgresFactAttribute().Skip;
    }
}
