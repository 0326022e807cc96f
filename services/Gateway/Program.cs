using Ticketing.Gateway;
using Ticketing.ServiceDefaults;

return await ServiceHost.RunAsync(args, GatewayService.Build);
