using Ticketing.ServiceDefaults;
using Ticketing.Web;

return await ServiceHost.RunAsync(args, WebService.Build);
