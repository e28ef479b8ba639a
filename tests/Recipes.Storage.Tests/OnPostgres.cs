namespace Recipes.Storage.Tests;

public sealed class AuthorizationFlowStoreTestsOnPostgres : AuthorizationFlowStoreTests, IOnPostgres;

public sealed class ConnectionStoreTestsOnPostgres : ConnectionStoreTests, IOnPostgres;

public sealed class DeviceFlowStoreTestsOnPostgres : DeviceFlowStoreTests, IOnPostgres;

public sealed class RefreshLeaseTestsOnPostgres : RefreshLeaseTests, IOnPostgres;

public sealed class RunWriterTestsOnPostgres : RunWriterTests, IOnPostgres;

public sealed class UserStoreTestsOnPostgres : UserStoreTests, IOnPostgres;

public sealed class ConnectionSearchTestsOnPostgres : ConnectionSearchTests, IOnPostgres;

public sealed class ConnectionLogTestsOnPostgres : ConnectionLogTests, IOnPostgres;

public sealed class CheckScheduleTestsOnPostgres : CheckScheduleTests, IOnPostgres;

public sealed class AlertOutboxTestsOnPostgres : AlertOutboxTests, IOnPostgres;

public sealed class RememberedListTestsOnPostgres : RememberedListTests, IOnPostgres;

public sealed class TriggerStoreTestsOnPostgres : TriggerStoreTests, IOnPostgres;

public sealed class RunQueueTestsOnPostgres : RunQueueTests, IOnPostgres;

public sealed class RunListTestsOnPostgres : RunListTests, IOnPostgres;
