using Ticketing.ServiceDefaults;
using Ticketing.Tickets;

return await ServiceHost.RunAsync(args, TicketsService.Build);
