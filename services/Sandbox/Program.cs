using Ticketing.Sandbox;
using Ticketing.ServiceDefaults;

return await ServiceHost.RunAsync(args, SandboxService.Build);
