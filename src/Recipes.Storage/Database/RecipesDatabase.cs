using Microsoft.EntityFrameworkCore;

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

    /// <summary>Whether a write failed because a row with that unique key exists.</summary>
    public abstract bool IsDuplicate(Exception exception);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ConnectionDefinitionRow>(row =>
        {
            row.ToTable("connection_definitions").HasKey(r => r.Id);
            row.HasIndex(r => new { r.Tenant, r.Key }).IsUnique();
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
            row.HasIndex(r => new { r.DefinitionId, r.OwnerKind, r.OwnerId }, "default").IsUnique().HasFilter("is_default");
        });
        modelBuilder.Entity<AuthorizationFlowRow>(row =>
        {
            row.ToTable("authorization_flows").HasKey(r => r.StateHash);
            row.HasOne<ConnectionRow>().WithMany().HasForeignKey(r => r.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(r => r.ExpiresAt);
        });
        modelBuilder.Entity<DeviceFlowRow>(row =>
        {
            row.ToTable("device_flows").HasKey(r => r.ConnectionId);
            row.HasOne<ConnectionRow>().WithOne().HasForeignKey<DeviceFlowRow>(r => r.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(r => new { r.Status, r.NextPollAt });
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
            row.HasIndex(r => new { r.Tenant, r.Id }).IsDescending(false, true);
            row.HasIndex(r => new { r.Tenant, r.Recipe, r.Id }).IsDescending(false, false, true);
            row.HasIndex(r => r.Id, "running").HasFilter("status = 'Running'");
        });
        SnakeCase.Apply(modelBuilder.Model);
    }
}
