using Microsoft.Extensions.Options;
using Npgsql;
using Quartz;

namespace Recipes.Host;

internal static class SchedulesRegistration
{
    /// <summary>How many sweeps run at once on a node, at most.</summary>
    private const int MostAtOnce = 16;

    /// <param name="isShared">Whether several nodes share the schedule, in PostgreSQL; otherwise it lives in memory and follows from what is stored.</param>
    public static IServiceCollection AddSchedules(this IServiceCollection services, IConfiguration configuration, bool isShared)
    {
        services.AddSingleton<IValidateOptions<SchedulesOptions>, SchedulesOptionsCheck>();
        services.AddOptions<SchedulesOptions>().Bind(configuration.GetSection(SchedulesOptions.Section)).ValidateOnStart();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(o => (o.InstanceName, o.GenerateInstanceId) = ("recipes", isShared));
            quartz.UseDefaultThreadPool(MostAtOnce);
            if (isShared)
            {
                quartz.UsePersistentStore(store =>
                {
                    store.UsePostgres(o => o.DataSourceFactory = s => s.GetRequiredService<NpgsqlDataSource>());
                    store.ProvisionSchema();
                    store.UseClustering(c => (c.CheckinInterval, c.CheckinMisfireThreshold) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)));
                    store.ConfigureStore(o => o.StoreJobDataAsStrings = true);
                });
            }
            else
            {
                quartz.UseInMemoryStore(_ => { });
            }
        });
        services.AddSingleton<SweepSchedule>();
        services.AddHostedService(s => s.GetRequiredService<SweepSchedule>());
        return services;
    }
}
