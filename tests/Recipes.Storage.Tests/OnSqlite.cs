namespace Recipes.Storage.Tests;

public sealed class AuthorizationFlowStoreTestsOnSqlite : AuthorizationFlowStoreTests;

public sealed class ConnectionStoreTestsOnSqlite : ConnectionStoreTests;

public sealed class DeviceFlowStoreTestsOnSqlite : DeviceFlowStoreTests;

public sealed class RefreshLeaseTestsOnSqlite : RefreshLeaseTests;

public sealed class RunWriterTestsOnSqlite : RunWriterTests;

public sealed class UserStoreTestsOnSqlite : UserStoreTests;

public sealed class ConnectionSearchTestsOnSqlite : ConnectionSearchTests;

public sealed class ConnectionLogTestsOnSqlite : ConnectionLogTests;

public sealed class CheckScheduleTestsOnSqlite : CheckScheduleTests;

public sealed class AlertOutboxTestsOnSqlite : AlertOutboxTests;

public sealed class RememberedListTestsOnSqlite : RememberedListTests;

public sealed class TriggerStoreTestsOnSqlite : TriggerStoreTests;

public sealed class RunQueueTestsOnSqlite : RunQueueTests;

public sealed class RunListTestsOnSqlite : RunListTests;
