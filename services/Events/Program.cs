using Ticketing.Events;
using Ticketing.ServiceDefaults;

return await ServiceHost.RunAsync(args, EventsService.Build);
