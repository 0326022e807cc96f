using Ticketing.Orders;
using Ticketing.ServiceDefaults;

return await ServiceHost.RunAsync(args, OrdersService.Build);
