using System.Text.Json.Serialization;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PlatformApi;
using VmNodeOps;

var builder = WebApplication.CreateBuilder(args);
builder.Configuration.AddCommandLine(args, new Dictionary<string, string> { ["--kubeconfig"] = "Cluster:Kubeconfig", ["--context"] = "Cluster:Context" });

// The cluster of the section "Cluster" (Kubeconfig, Context, Maintenance), from the command line, appsettings.json or Cluster__Kubeconfig. Without one: a simulated cluster in this process.
var cluster = builder.Configuration.GetSection("Cluster");
await using var simulated = cluster.Exists() ? null : await Simulation.StartAsync();
if (simulated is null)
{
    builder.Services.AddNodeMaintenance(cluster);
}
else
{
    builder.Services.AddSimulatedCluster(simulated);
}

builder.Services.AddSingleton<MaintenanceDesk>();
builder.Services.AddHostedService(services => services.GetRequiredService<MaintenanceDesk>());

// The approving request is the root of its run's trace. With a collector: AddOtlpExporter() instead of the console.
builder.Services.AddOpenTelemetry()
    .ConfigureResource(resource => resource.AddService("platform-api"))
    .WithTracing(tracing => tracing.AddSource("Microsoft.AspNetCore", Telemetry.Name).AddConsoleExporter())
    .WithMetrics(metrics => metrics.AddMeter(Telemetry.Name).AddConsoleExporter((_, reader) => reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 60_000));

// A misspelled or missing member of a request is refused, so that it does not pass for its default.
builder.Services.ConfigureHttpJsonOptions(options =>
{
    options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
    options.SerializerOptions.RespectRequiredConstructorParameters = true;
    options.SerializerOptions.RespectNullableAnnotations = true;
});

// Whatever is wrong is answered as application/problem+json, in the library's own words.
builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
builder.Services.AddProblemDetails().AddExceptionHandler<Problems>();

var app = builder.Build();
app.UseExceptionHandler().UseStatusCodePages();
app.MapMaintenances();
if (simulated is not null)
{
    app.MapSimulation(simulated);
}

await app.RunAsync();
