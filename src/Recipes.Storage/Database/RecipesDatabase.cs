using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

namespace Recipes.Storage;

/// <summary>The tables, the same for every kind of database. One sealed context per kind derives from it, so that each has its own migrations.</summary>
internal abstract class RecipesDatabase(DbContextOptions options) : DbContext(options)
{
    public DbSet<ConnectionDefinitionRow> ConnectionDefinitions => Set<ConnectionDefinitionRow>();
    public DbSet<DevelopmentAppRow> DevelopmentApps => Set<DevelopmentAppRow>();
    public DbSet<ConnectionRow> Connections => Set<ConnectionRow>();
    public DbSet<AuthorizationFlowRow> AuthorizationFlows => Set<AuthorizationFlowRow>();
    public DbSet<DeviceFlowRow> DeviceFlows => Set<DeviceFlowRow>();
    public DbSet<UserRow> Users => Set<UserRow>();
    public DbSet<ApiTokenRow> ApiTokens => Set<ApiTokenRow>();
    public DbSet<RunRow> Runs => Set<RunRow>();
    public DbSet<RunStateRow> RunStates => Set<RunStateRow>();
    public DbSet<RunJournalRow> RunJournal => Set<RunJournalRow>();
    public DbSet<RunKeyRow> RunKeys => Set<RunKeyRow>();
    public DbSet<RunLimitRow> RunLimits => Set<RunLimitRow>();
    public DbSet<RecipeVersionRow> RecipeVersions => Set<RecipeVersionRow>();
    public DbSet<RecipeDraftRow> RecipeDrafts => Set<RecipeDraftRow>();
    public DbSet<RecipePublicationRow> RecipePublications => Set<RecipePublicationRow>();
    public DbSet<LogEntryRow> LogEntries => Set<LogEntryRow>();
    public DbSet<DailyFiguresRow> ConnectionDays => Set<DailyFiguresRow>();
    public DbSet<AlertRow> Alerts => Set<AlertRow>();
    public DbSet<AlertDeliveryRow> AlertDeliveries => Set<AlertDeliveryRow>();
    public DbSet<TriggerRow> Triggers => Set<TriggerRow>();
    public DbSet<IncidentRow> Incidents => Set<IncidentRow>();
    public DbSet<RefreshLeaseRow> RefreshLeases => Set<RefreshLeaseRow>();

    /// <summary>Ends a select whose rows are about to be claimed: those that another transaction is claiming are passed over. Empty where there is only one writer.</summary>
    public abstract string SkipLocked { get; }

    /// <summary>Begins a transaction that claims runs, so that no other one does at the same time.</summary>
    public abstract Task<IDbContextTransaction> BeginClaimingAsync(CancellationToken cancellationToken);

    /// <summary>Rows <c>run_id</c>, <c>claim</c>, <c>held_for</c>, <c>claim_before</c> and <c>losses</c> of the parameter <c>@claims</c>, a JSON list of lists.</summary>
    public abstract string ClaimRows { get; }

    /// <summary>Condition of plain SQL on <c>run_states s</c>: that a claim is not good any more, where <c>@node</c> is this node and <c>@now</c> its time.</summary>
    public abstract string ClaimIsOver { get; }

    /// <summary>Whether a write failed because a row with that unique key exists.</summary>
    public abstract bool IsDuplicate(Exception exception);

    /// <summary>Whether a removal failed because other rows refer to the row.</summary>
    public abstract bool IsReferredTo(Exception exception);

    /// <summary>An id as a parameter of plain SQL.</summary>
    public abstract object Raw(Guid id);

    /// <summary>A time as a parameter of plain SQL.</summary>
    public abstract object Raw(DateTimeOffset at);

    /// <summary>A length of time as a parameter of plain SQL, to be added to a time.</summary>
    public abstract object Raw(TimeSpan length);

    /// <summary>The time that leases are judged by, in plain SQL: the database's own, where several machines share one; otherwise this node's, as parameter 0.</summary>
    public abstract string LeaseClock { get; }

    /// <summary>Everything the stores expect of a context; values of parameters are never logged.</summary>
    protected static void ConfigureAny(DbContextOptionsBuilder builder) => builder
        .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
        .EnableSensitiveDataLogging(false)
        // A failed command throws, and who called decides what it means: a key that is taken is no error.
        .ConfigureWarnings(w => w.Log(
            (RelationalEventId.CommandExecuted, LogLevel.Debug), (RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug)));

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ConnectionDefinitionRow>(row =>
        {
            row.ToTable("connection_definitions").HasKey(r => r.Id);
            row.HasIndex(r => new { r.Tenant, r.Key }).IsUnique();
            row.Property(r => r.ClientLossTold).HasDefaultValue(false);
        });
        modelBuilder.Entity<DevelopmentAppRow>(row =>
        {
            row.ToTable("development_apps").HasKey(r => r.Id);
            row.HasIndex(r => new { r.Connector, r.Scheme }).IsUnique();
        });
        modelBuilder.Entity<ConnectionRow>(row =>
        {
            row.ToTable("connections").HasKey(r => r.Id);
            row.HasOne<ConnectionDefinitionRow>().WithMany().HasForeignKey(r => r.DefinitionId).OnDelete(DeleteBehavior.Restrict);
            row.HasIndex(r => new { r.Tenant, r.DefinitionId, r.OwnerKind, r.OwnerId });
            row.HasIndex(r => new { r.State, r.UpdatedAt });
            row.HasIndex(r => new { r.State, r.CheckAt });
            row.HasIndex(r => new { r.Tenant, r.Health });
            row.HasIndex(r => new { r.Tenant, r.Attention, r.Health, r.DefinitionId, r.OwnerKind, r.OwnerId }, "attention");
            row.Property(r => r.Attention).HasDefaultValue(nameof(Recipes.Connections.Attention.None));
            row.Property(r => r.Health).HasDefaultValue(nameof(Recipes.Connections.Health.Yellow));
            row.Property(r => r.Environment).HasDefaultValue(nameof(Recipes.Connections.AccountEnvironment.Unknown));
            row.Property(r => r.AccountKind).HasDefaultValue(nameof(Recipes.Connections.AccountKind.Unknown));
            row.Property(r => r.CheckAt).HasDefaultValue(DateTimeOffset.MinValue);
            row.HasIndex(r => new { r.RefusedBy, r.RefusedAt }, "refused").HasFilter("refused_by IS NOT NULL");
            row.HasIndex(r => r.IncidentId, "incident").HasFilter("incident_id IS NOT NULL");
            row.Property(r => r.Version).IsConcurrencyToken();
            row.HasIndex(r => new { r.DefinitionId, r.OwnerKind, r.OwnerId }, "default").IsUnique().HasFilter("is_default");
        });
        modelBuilder.Entity<AuthorizationFlowRow>(row =>
        {
            row.ToTable("authorization_flows").HasKey(r => r.StateHash);
            row.HasOne<ConnectionRow>().WithMany().HasForeignKey(r => r.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(r => r.ExpiresAt);
            row.Property(r => r.AcceptsOtherAccount).HasDefaultValue(false);
        });
        modelBuilder.Entity<DeviceFlowRow>(row =>
        {
            row.ToTable("device_flows").HasKey(r => r.ConnectionId);
            row.HasOne<ConnectionRow>().WithOne().HasForeignKey<DeviceFlowRow>(r => r.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(r => new { r.Status, r.NextPollAt });
            row.Property(r => r.AcceptsOtherAccount).HasDefaultValue(false);
        });
        modelBuilder.Entity<UserRow>(row => row.ToTable("users").HasKey(r => new { r.Tenant, r.Id }));
        modelBuilder.Entity<ApiTokenRow>(row =>
        {
            row.ToTable("api_tokens").HasKey(r => r.Id);
            row.HasOne<UserRow>().WithMany().HasForeignKey(r => new { r.Tenant, r.User }).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(r => r.Hash).IsUnique();
        });
        modelBuilder.Entity<RunRow>(row =>
        {
            row.ToTable("runs").HasKey(r => r.Id);
            // All that lists are narrowed and put in order by: counting them and finding a page reads nothing else.
            row.HasIndex(r => new { r.Tenant, r.Id, r.Status, r.Recipe, r.RecipeVersion, r.Caller, r.RuntimeUser, r.StartedAt, r.EndedAt }, "list").IsDescending(false, true, false, false, false, false, false, false, false);
            row.HasIndex(r => new { r.Tenant, r.Recipe, r.Id }).IsDescending(false, false, true);
            row.HasIndex(r => new { r.Tenant, r.Status }, "open").HasFilter("status IN ('Running', 'Queued', 'Waiting', 'Held', 'Flagged')");
            row.HasIndex(r => r.EndedAt);
        });
        modelBuilder.Entity<RunStateRow>(row =>
        {
            row.ToTable("run_states").HasKey(r => r.RunId);
            row.HasOne<RunRow>().WithOne().HasForeignKey<RunStateRow>(r => r.RunId).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(r => new { r.Tenant, r.DueAt }, "due").HasFilter("claim IS NULL AND held_by IS NULL AND due_at IS NOT NULL");
            row.HasIndex(r => r.LeaseUntil, "claimed").HasFilter("claim IS NOT NULL");
            row.HasIndex(r => new { r.HeldBy, r.RunId }, "held").HasFilter("held_by IS NOT NULL");
        });
        modelBuilder.Entity<RunJournalRow>(row =>
        {
            row.ToTable("run_journal").HasKey(r => new { r.RunId, r.First });
            row.HasOne<RunRow>().WithMany().HasForeignKey(r => r.RunId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<RunKeyRow>(row =>
        {
            row.ToTable("run_keys").HasKey(r => new { r.Tenant, r.Key });
            row.HasOne<RunRow>().WithMany().HasForeignKey(r => r.RunId).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(r => r.RunId);
        });
        modelBuilder.Entity<RunLimitRow>(row =>
        {
            row.ToTable("run_limits").HasKey(r => new { r.RunId, r.Key });
            row.HasOne<RunStateRow>().WithMany().HasForeignKey(r => r.RunId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<RecipeVersionRow>(row => row.ToTable("recipe_versions").HasKey(r => new { r.Recipe, r.Version }));
        modelBuilder.Entity<RecipeDraftRow>(row => row.ToTable("recipe_drafts").HasKey(r => r.Recipe));
        modelBuilder.Entity<RecipePublicationRow>(row =>
        {
            row.ToTable("recipe_publications").HasKey(r => new { r.Recipe, r.Version });
            row.HasIndex(r => new { r.Recipe, r.Number }).IsUnique();
        });
        modelBuilder.Entity<LogEntryRow>(row =>
        {
            row.ToTable("connection_log").HasKey(r => r.Number);
            row.HasOne<ConnectionRow>().WithMany().HasForeignKey(r => r.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(r => new { r.ConnectionId, r.Number });
            row.HasIndex(r => r.At);
        });
        modelBuilder.Entity<DailyFiguresRow>(row =>
        {
            row.ToTable("connection_days").HasKey(r => new { r.ConnectionId, r.Day });
            row.HasOne<ConnectionRow>().WithMany().HasForeignKey(r => r.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(r => r.Day);
        });
        modelBuilder.Entity<AlertRow>(row =>
        {
            row.ToTable("alerts").HasKey(r => r.Number);
            row.HasAlternateKey(r => r.Id);
            row.HasIndex(r => r.Number, "new").HasFilter("NOT is_addressed");
            row.HasIndex(r => new { r.SubjectId, r.Number });
            row.HasIndex(r => r.At);
        });
        modelBuilder.Entity<AlertDeliveryRow>(row =>
        {
            row.ToTable("alert_deliveries").HasKey(r => r.Id);
            row.HasOne<AlertRow>().WithMany().HasForeignKey(r => r.AlertId).HasPrincipalKey(r => r.Id).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(r => r.AlertId);
            row.HasIndex(r => r.NextTryAt, "due").HasFilter("next_try_at IS NOT NULL");
        });
        modelBuilder.Entity<IncidentRow>(row =>
        {
            row.ToTable("incidents").HasKey(r => r.Id);
            row.HasIndex(r => new { r.Tenant, r.Provider }, "open").IsUnique().HasFilter("closed_at IS NULL");
            row.HasIndex(r => new { r.Tenant, r.Provider, r.OpenedAt });
        });
        modelBuilder.Entity<RefreshLeaseRow>(row =>
        {
            row.ToTable("refresh_leases").HasKey(r => r.ConnectionId);
            row.HasOne<ConnectionRow>().WithOne().HasForeignKey<RefreshLeaseRow>(r => r.ConnectionId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<TriggerRow>(row =>
        {
            row.ToTable("triggers").HasKey(r => r.Id);
            row.HasIndex(r => new { r.Tenant, r.Recipe }).IsUnique();
            row.HasIndex(r => r.PathHash).IsUnique();
            row.HasIndex(r => r.NextAt, "due").HasFilter("next_at IS NOT NULL");
            row.HasIndex(r => r.WaitsFor, "waiting").HasFilter("waits_for IS NOT NULL");
            row.Property(r => r.Version).IsConcurrencyToken();
        });
        SnakeCase.Apply(modelBuilder.Model);
    }
}
